// SPDX-License-Identifier: MIT
#include "mpsse/command.h"

namespace gpiofs::mpsse {
namespace {

constexpr std::uint8_t low_byte(PinMask pins) noexcept { return static_cast<std::uint8_t>(pins); }
constexpr std::uint8_t high_byte(PinMask pins) noexcept {
    return static_cast<std::uint8_t>(pins >> 8U);
}

}  // namespace

void CommandBuffer::set_pins(const PortState& state, Banks banks) {
    if (contains(banks, Banks::low)) {
        put(Opcode::set_low);
        bytes_.push_back(low_byte(state.levels));
        bytes_.push_back(low_byte(state.outputs));
    }
    if (contains(banks, Banks::high)) {
        put(Opcode::set_high);
        bytes_.push_back(high_byte(state.levels));
        bytes_.push_back(high_byte(state.outputs));
    }
}

void CommandBuffer::get_pins(Banks banks) {
    if (contains(banks, Banks::low)) {
        put(Opcode::get_low);
        reply_size_ += 1;
    }
    if (contains(banks, Banks::high)) {
        put(Opcode::get_high);
        reply_size_ += 1;
    }
}

void CommandBuffer::loopback_off() { put(Opcode::loopback_off); }

void CommandBuffer::send_immediate() { put(Opcode::send_immediate); }

void CommandBuffer::bad_command(Opcode opcode) {
    put(opcode);
    reply_size_ += 2;
}

void CommandBuffer::clear() noexcept {
    bytes_.clear();
    reply_size_ = 0;
}

}  // namespace gpiofs::mpsse
