// SPDX-License-Identifier: MIT
#pragma once

#include "mpsse/chip_type.h"
#include "mpsse/pins.h"

#include <cstdint>
#include <span>
#include <string_view>

/// USB identities behind which an FTDI chip is known to be. Reentrant.
namespace gpiofs::mpsse {

/// FTDI's default IDs, the boards in OpenOCD's tcl/interface/ftdi, and the two boards of Linux
/// drivers/gpio/gpio-mpsse.c.
struct KnownBoard {
    std::uint16_t vendor;
    std::uint16_t product;
    std::string_view name;
    /// Made for nothing but GPIO, so that it may be used without being asked for.
    bool gpio_only = false;
};

std::span<const KnownBoard> known_boards() noexcept;

/// nullptr if the identity is not in the table.
const KnownBoard* find_known_board(std::uint16_t vendor, std::uint16_t product) noexcept;

/// Which lines of an interface exist, and what each can do.
struct LineLimits {
    PinMask present = 0;
    PinMask can_input = 0;
    PinMask can_output = 0;

    bool operator==(const LineLimits&) const = default;
};

/// The limits of every interface of such a board: all of the chip's lines both ways, except where
/// gpio-mpsse.c knows better (Bryx: line 3 only drives, line 5 only senses, the rest is absent).
LineLimits line_limits(std::uint16_t vendor, std::uint16_t product, const ChipType& chip) noexcept;

}  // namespace gpiofs::mpsse
