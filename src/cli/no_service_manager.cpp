// SPDX-License-Identifier: MIT
#include "cli/service_manager.h"

namespace gpiofs::cli {

void tell_service_manager(std::string_view) noexcept {}

}  // namespace gpiofs::cli
