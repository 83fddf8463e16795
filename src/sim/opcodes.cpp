// SPDX-License-Identifier: MIT
#include "sim/opcodes.h"

namespace gpiofs::sim {
namespace {

/// Bits of a shift opcode, AN_108 section 3.2.
constexpr unsigned bit_mode = 0x02;
constexpr unsigned lsb_first = 0x08;
constexpr unsigned write_tdi = 0x10;
constexpr unsigned read_tdo = 0x20;
constexpr unsigned write_tms = 0x40;

Opcode decode_tms(unsigned opcode) noexcept {
    const bool reads = (opcode & read_tdo) != 0;
    const bool lsb = (opcode & lsb_first) != 0;
    const bool known = (opcode & bit_mode) != 0 && (reads || lsb);
    if (!known) {
        return {};
    }
    // Undocumented: MSB first with a read (62, 63, 66 ...) has no data byte.
    return {.action = Action::shift_bits,
            .arguments = 1,
            .shift_takes_data = lsb,
            .shift_replies = reads,
            .lsb_first = lsb};
}

Opcode decode_shift(unsigned opcode) noexcept {
    if ((opcode & write_tms) != 0) {
        return decode_tms(opcode);
    }
    if ((opcode & (write_tdi | read_tdo)) == 0) {
        return {};
    }
    const bool bits = (opcode & bit_mode) != 0;
    return {.action = bits ? Action::shift_bits : Action::shift_bytes,
            .arguments = static_cast<std::uint8_t>(bits ? 1 : 2),
            .shift_takes_data = (opcode & write_tdi) != 0,
            .shift_replies = (opcode & read_tdo) != 0,
            .lsb_first = (opcode & lsb_first) != 0};
}

constexpr Opcode plain(Action action, std::uint8_t arguments = 0) noexcept {
    return {.action = action, .arguments = arguments};
}

Opcode decode_h_only(std::uint8_t opcode) noexcept {
    switch (opcode) {
        case 0x8a:
            return plain(Action::divide_by_5_off);
        case 0x8b:
            return plain(Action::divide_by_5_on);
        case 0x8c:
        case 0x8d:
        case 0x96:
        case 0x97:
            return plain(Action::ignore);
        case 0x8e:
            return plain(Action::clock_bits, 1);
        case 0x8f:
            return plain(Action::clock_bytes, 2);
        case 0x94:
            return plain(Action::clock_until_high);
        case 0x95:
            return plain(Action::clock_until_low);
        case 0x9c:
            return plain(Action::clock_bytes_or_high, 2);
        case 0x9d:
            return plain(Action::clock_bytes_or_low, 2);
        default:
            return {};
    }
}

}  // namespace

Opcode decode(std::uint8_t opcode, const ChipProfile& chip) noexcept {
    if (opcode < 0x80) {
        return decode_shift(opcode);
    }
    switch (opcode) {
        case 0x80:
            return plain(Action::set_low, 2);
        case 0x81:
            return plain(Action::get_low);
        case 0x82:
            return plain(Action::set_high, 2);
        case 0x83:
            return plain(Action::get_high);
        case 0x84:
            return plain(Action::loopback_on);
        case 0x85:
            return plain(Action::loopback_off);
        case 0x86:
            return plain(Action::set_divisor, 2);
        case 0x87:
            return plain(Action::send_immediate);
        case 0x88:
            return plain(Action::wait_high);
        case 0x89:
            return plain(Action::wait_low);
        case 0x9e:
            return chip.open_drain_opcode ? plain(Action::set_open_drain, 2) : Opcode{};
        default:
            return chip.h_opcodes ? decode_h_only(opcode) : Opcode{};
    }
}

}  // namespace gpiofs::sim
