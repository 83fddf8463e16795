// SPDX-License-Identifier: MIT
#pragma once

#include "mpsse/command.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace gpiofs::mpsse {

/// Collects the payload of IN transfers: takes the two status bytes off at every packet boundary
/// (AN_108 says nothing of them; libftdi, ftdi_sio and data sheets do). No I/O. Thread-bound.
class ReplyParser {
  public:
    /// `packet_size` is wMaxPacketSize of the IN endpoint in bytes, at least 3.
    explicit ReplyParser(std::size_t packet_size);

    /// Takes one IN transfer as it came from the bus: whole packets, the last one may be short.
    /// Returns how many payload bytes it held; 0 is a status-only transfer, which is normal.
    std::size_t feed(std::span<const std::uint8_t> transfer);

    /// Payload bytes of a full packet.
    std::size_t packet_payload() const noexcept;
    std::span<const std::uint8_t> payload() const noexcept { return payload_; }
    /// Forgets what was collected and keeps the memory.
    void clear() noexcept { payload_.clear(); }
    /// Forgets the first `count` bytes of the payload.
    void drop(std::size_t count) noexcept;

  private:
    std::size_t packet_size_;
    std::vector<std::uint8_t> payload_;
};

/// Where the engine's refusal of `opcode` (FA and the opcode, AN_108 section 6.1) ends in
/// `payload`, searched from the front because older bytes may precede it; nothing if absent.
std::optional<std::size_t> end_of_bad_command_echo(std::span<const std::uint8_t> payload,
                                                   Opcode opcode) noexcept;

/// The levels in the replies to CommandBuffer::get_pins(banks), one byte per bank, low first.
/// `payload` holds exactly that many bytes.
PinMask levels_from_reply(std::span<const std::uint8_t> payload, Banks banks) noexcept;

}  // namespace gpiofs::mpsse
