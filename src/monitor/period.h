// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"

#include <optional>
#include <string_view>

namespace gpiofs::monitor {

/// A PERIOD as the tools of libgpiod 2 take it: a whole number, followed by us, ms, s or m
/// (minutes); milliseconds without a unit. Nothing for any other text, and for what exceeds 292
/// years, the range of Duration. Reentrant.
std::optional<Duration> parse_period(std::string_view text) noexcept;

}  // namespace gpiofs::monitor
