// SPDX-License-Identifier: MIT
#pragma once

#include "sim/board_config.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace gpiofs::sim {

/// One kind of FTDI IC, as the virtual board needs to know it. Figures: data sheets DS_FT232H v2.0,
/// DS_FT2232H v2.9, DS_FT4232H v2.10, DS_FT2232D, their section 4.2 for the FIFOs and the pin
/// tables for the pulls.
struct ChipProfile {
    std::string_view name;
    std::uint16_t bcd_device;
    std::uint16_t product;  ///< Default, with vendor 0403.
    std::string_view product_string;
    bool high_speed;
    unsigned interfaces;
    unsigned mpsse_interfaces;  ///< The first so many have an MPSSE engine.
    unsigned lines;             ///< GPIO lines of each such interface: 8, 12 or 16.
    std::size_t out_fifo;       ///< Host to chip, bytes per interface.
    std::size_t in_fifo;        ///< Chip to host, bytes per interface.
    std::uint16_t pulled_down;  ///< Lines whose built-in pull is a pull-down; all others pull up.
    bool h_opcodes;             ///< Knows 8A-8F, 94-97, 9C and 9D (AN_108 section 6).
    bool open_drain_opcode;     ///< Knows 9E (AN_108 section 7.1).
};

/// The chip of this name, in any case; nullptr if there is none. Reentrant.
const ChipProfile* find_chip(std::string_view name) noexcept;

/// The chip of a virtual board, if there can be such a board. Otherwise nullptr, and one line for
/// the user in `error`.
const ChipProfile* find_chip(const BoardConfig& config, std::string& error);

}  // namespace gpiofs::sim
