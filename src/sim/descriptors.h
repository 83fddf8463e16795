// SPDX-License-Identifier: MIT
#pragma once

#include "sim/chip_profile.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gpiofs::sim {

/// What a board tells of itself.
struct Identity {
    const ChipProfile& chip;
    std::uint16_t vendor = 0;
    std::uint16_t product = 0;
    std::string serial;  ///< Empty: none.
    bool high_speed = false;
};

/// Descriptors as an FTDI chip without EEPROM has them (with a serial if it is given one): one
/// configuration, and per interface a bulk IN (0x81, 0x83 ...) and a bulk OUT (0x02, 0x04 ...)
/// endpoint. USB 2.0 section 9.6. Reentrant.
std::vector<std::uint8_t> device_descriptor(const Identity& identity);
std::vector<std::uint8_t> configuration_descriptor(const Identity& identity);
/// By descriptor type and index as in wValue of GET_DESCRIPTOR; nothing if there is none.
std::optional<std::vector<std::uint8_t>> find_descriptor(const Identity& identity,
                                                         std::uint8_t type, std::uint8_t index);

}  // namespace gpiofs::sim
