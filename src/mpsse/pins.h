// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace gpiofs::mpsse {

/// Bit n stands for line offset n of an interface: 0-7 the low byte (xDBUS), 8-15 the high byte
/// (xCBUS). AN_108 section 2.1.
using PinMask = std::uint16_t;

/// What the SET commands carry: levels and directions. The chip cannot report either, so the driver
/// keeps this as its shadow (AN_108 section 3.6).
struct PortState {
    PinMask levels = 0;
    /// 1 is an output, the opposite of the kernel's constant.
    PinMask outputs = 0;

    bool operator==(const PortState&) const = default;
};

/// The two 8-line halves that one GET or SET command reaches, as a set.
enum class Banks : std::uint8_t { none = 0, low = 1, high = 2, both = 3 };

constexpr Banks operator|(Banks a, Banks b) noexcept {
    return static_cast<Banks>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}
constexpr Banks& operator|=(Banks& a, Banks b) noexcept { return a = a | b; }
constexpr bool contains(Banks set, Banks bank) noexcept {
    return (static_cast<unsigned>(set) & static_cast<unsigned>(bank)) != 0;
}

constexpr PinMask low_pins = 0x00ff;
constexpr PinMask high_pins = 0xff00;

/// Reply bytes of one GET of each.
constexpr std::size_t bank_count(Banks banks) noexcept {
    return (contains(banks, Banks::low) ? 1U : 0U) + (contains(banks, Banks::high) ? 1U : 0U);
}

constexpr Banks banks_of(PinMask pins) noexcept {
    Banks banks = (pins & low_pins) != 0 ? Banks::low : Banks::none;
    return (pins & high_pins) != 0 ? banks | Banks::high : banks;
}
constexpr PinMask pins_of(Banks banks) noexcept {
    const unsigned low = contains(banks, Banks::low) ? low_pins : 0U;
    const unsigned high = contains(banks, Banks::high) ? high_pins : 0U;
    return static_cast<PinMask>(low | high);
}

}  // namespace gpiofs::mpsse
