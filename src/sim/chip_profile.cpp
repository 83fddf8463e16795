// SPDX-License-Identifier: MIT
#include "sim/chip_profile.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace gpiofs::sim {
namespace {

constexpr std::array<ChipProfile, 4> chips = {{
    {.name = "FT232H",
     .bcd_device = 0x0900,
     .product = 0x6014,
     .product_string = "Single RS232-HS",
     .high_speed = true,
     .interfaces = 1,
     .mpsse_interfaces = 1,
     .lines = 16,
     .out_fifo = 1024,
     .in_fifo = 1024,
     .pulled_down = 0x8000,  // ACBUS7: DS_FT232H table 7.1
     .h_opcodes = true,
     .open_drain_opcode = true},
    {.name = "FT2232H",
     .bcd_device = 0x0700,
     .product = 0x6010,
     .product_string = "Dual RS232-HS",
     .high_speed = true,
     .interfaces = 2,
     .mpsse_interfaces = 2,
     .lines = 16,
     .out_fifo = 4096,
     .in_fifo = 4096,
     .pulled_down = 0,
     .h_opcodes = true,
     .open_drain_opcode = false},
    {.name = "FT4232H",
     .bcd_device = 0x0800,
     .product = 0x6011,
     .product_string = "Quad RS232-HS",
     .high_speed = true,
     .interfaces = 4,
     .mpsse_interfaces = 2,
     .lines = 8,
     .out_fifo = 2048,
     .in_fifo = 2048,
     .pulled_down = 0,
     .h_opcodes = true,
     .open_drain_opcode = false},
    {.name = "FT2232D",
     .bcd_device = 0x0500,
     .product = 0x6010,
     .product_string = "Dual RS232",
     .high_speed = false,
     .interfaces = 2,
     .mpsse_interfaces = 1,
     .lines = 12,
     .out_fifo = 128,
     .in_fifo = 384,
     .pulled_down = 0,
     .h_opcodes = false,
     .open_drain_opcode = false},
}};

/// All names, separated by ", ".
std::string chip_names() {
    std::string names;
    for (const ChipProfile& chip : chips) {
        names += names.empty() ? "" : ", ";
        names += chip.name;
    }
    return names;
}

bool same_letters(std::string_view a, std::string_view b) noexcept {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
        return std::toupper(static_cast<unsigned char>(x)) ==
               std::toupper(static_cast<unsigned char>(y));
    });
}

}  // namespace

const ChipProfile* find_chip(std::string_view name) noexcept {
    const auto* found = std::find_if(chips.begin(), chips.end(), [&](const ChipProfile& chip) {
        return same_letters(chip.name, name);
    });
    return found == chips.end() ? nullptr : found;
}

const ChipProfile* find_chip(const BoardConfig& config, std::string& error) {
    const ChipProfile* chip = find_chip(config.chip);
    if (chip == nullptr) {
        error = fmt::format("unknown chip '{}': one of {}", config.chip, chip_names());
    } else if (config.usb == UsbSpeed::high && !chip->high_speed) {
        error = fmt::format("{} has no high-speed USB: leave usb=hs out", chip->name);
        return nullptr;
    }
    return chip;
}

}  // namespace gpiofs::sim
