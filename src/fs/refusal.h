// SPDX-License-Identifier: MIT
#pragma once

#include "fs/tree.h"

#include <exception>
#include <string_view>

namespace gpiofs::fs {

/// Logs, for debugging, why an access of an attribute failed: the errno that a program gets says
/// little. `text` is what was written, empty for a read. Thread-safe.
void log_refusal(const Node& file, std::string_view text, const std::exception_ptr& why) noexcept;

}  // namespace gpiofs::fs
