// SPDX-License-Identifier: MIT
#pragma once

#include "mpsse/pins.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace gpiofs::mpsse {

/// Opcodes this program sends. AN_108 v1.5 sections 3.6 (GPIO), 3.7 (loopback), 5.1 (send
/// immediate), 6.1 (bad command).
enum class Opcode : std::uint8_t {
    set_low = 0x80,
    get_low = 0x81,
    set_high = 0x82,
    get_high = 0x83,
    loopback_off = 0x85,
    send_immediate = 0x87,
    /// No command at all: the engine answers FA and the byte itself.
    bad = 0xaa,
    other_bad = 0xab,
};

/// Encodes a batch of commands and counts the reply bytes it will cause. No I/O. Thread-bound.
class CommandBuffer {
  public:
    /// One SET per bank: level and direction of eight lines change together.
    void set_pins(const PortState& state, Banks banks);
    /// One GET per bank, low first: one reply byte each.
    void get_pins(Banks banks);
    void loopback_off();
    /// Makes the chip send its replies now instead of when the latency timer ends.
    void send_immediate();
    /// A command the engine must refuse: two reply bytes, FA and the opcode.
    void bad_command(Opcode opcode);

    std::span<const std::uint8_t> bytes() const noexcept { return bytes_; }
    /// Reply bytes, without status bytes, that the batch causes.
    std::size_t reply_size() const noexcept { return reply_size_; }
    bool empty() const noexcept { return bytes_.empty(); }
    /// Forgets the batch and keeps the memory.
    void clear() noexcept;

  private:
    void put(Opcode opcode) { bytes_.push_back(static_cast<std::uint8_t>(opcode)); }

    std::vector<std::uint8_t> bytes_;
    std::size_t reply_size_ = 0;
};

}  // namespace gpiofs::mpsse
