// SPDX-License-Identifier: MIT
#pragma once

#include "sim/chip_profile.h"

#include <cstdint>

namespace gpiofs::sim {

/// What an opcode makes the engine do.
enum class Action : std::uint8_t {
    refuse,  ///< A bad command: answers FA and the opcode.
    set_low,
    get_low,
    set_high,
    get_high,
    loopback_on,
    loopback_off,
    set_divisor,
    send_immediate,
    wait_high,
    wait_low,
    divide_by_5_off,
    divide_by_5_on,
    clock_bits,
    clock_bytes,
    clock_until_high,
    clock_until_low,
    clock_bytes_or_high,
    clock_bytes_or_low,
    set_open_drain,
    ignore,  ///< Valid, but of no effect on GPIO: three-phase and adaptive clocking.
    shift_bytes,
    shift_bits,
};

struct Opcode {
    Action action = Action::refuse;
    /// Bytes that follow the opcode, without the data bytes of a shift.
    std::uint8_t arguments = 0;
    bool shift_takes_data = false;
    bool shift_replies = false;
    /// Bits of a reply come in at the high end.
    bool lsb_first = false;
};

/// Decodes one opcode. AN_108 v1.5 sections 3.3-3.8, 5 and 6; below 80 as chips really behave (the
/// bad ones are those that Wireshark's dissector of MPSSE found on FT2232L, FT232H and FT2232H).
/// Reentrant.
Opcode decode(std::uint8_t opcode, const ChipProfile& chip) noexcept;

}  // namespace gpiofs::sim
