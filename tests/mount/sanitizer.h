// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string_view>

/// What the programs under test are built with; as the option GPIOFS_SANITIZE.
inline constexpr std::string_view sanitizers = GPIOFS_SANITIZE;

/// Threads of a sanitizer's own in every program.
inline constexpr std::size_t sanitizer_threads = sanitizers == "thread" ? 1 : 0;
