// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gpiofs::sim {

/// A pin that MPSSE reaches: bits 0-7 are xDBUS, 8-15 xCBUS of interface A (0), B (1).
struct PinId {
    unsigned interface = 0;
    unsigned bit = 0;

    bool operator==(const PinId&) const = default;
};

/// The data sheet's name in lower case: "adbus0", "bcbus7". Reentrant.
std::string pin_name(PinId pin);
/// The pin with this name on any chip. Reentrant.
std::optional<PinId> parse_pin(std::string_view name) noexcept;

/// A pin's resistor. `built_in` is the chip's own, weak one.
enum class Pull { built_in, up, down };
/// What the outside world puts on a pin; `z` is nothing.
enum class Drive { low, high, z };

}  // namespace gpiofs::sim
