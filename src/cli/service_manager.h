// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace gpiofs::cli {

/// Tells the service manager, if there is one, that the program is ready, and in one line what it
/// does (sd_notify(3)). Says nothing in a program that was built without libsystemd.
void tell_service_manager(std::string_view status) noexcept;

}  // namespace gpiofs::cli
