// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

/// FTDI's vendor requests and their values: libftdi src/ftdi.h, Linux
/// drivers/usb/serial/ftdi_sio.h. wIndex is the interface number + 1.
namespace gpiofs::mpsse {

enum class Request : std::uint8_t {
    reset = 0x00,
    event_character = 0x06,
    error_character = 0x07,
    set_latency_timer = 0x09,
    get_latency_timer = 0x0a,
    set_bit_mode = 0x0b,
};

// Values of `reset`.
constexpr std::uint16_t purge_out = 1;
constexpr std::uint16_t purge_in = 2;

// Values of `set_bit_mode`.
constexpr std::uint16_t mode_reset = 0x0000;
constexpr std::uint16_t mode_mpsse = 0x0200;

}  // namespace gpiofs::mpsse
