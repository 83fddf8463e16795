// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

namespace gpiofs::sim {

/// A control transfer's setup stage, USB 2.0 section 9.3.
struct SetupPacket {
    std::uint8_t request_type = 0;
    std::uint8_t request = 0;
    std::uint16_t value = 0;
    std::uint16_t index = 0;
    std::uint16_t length = 0;

    /// Whether the data stage goes from the chip to the host.
    bool reads() const noexcept { return (request_type & 0x80U) != 0; }
};

enum class UsbStatus {
    pending,    ///< Not over yet; bytes may have moved already.
    complete,   ///< Over, for IN possibly shorter than asked for.
    stall,      ///< The endpoint is halted, or endpoint 0 refuses the request.
    gone,       ///< The board is unplugged, or was in between.
    failed,     ///< The endpoint does not answer at all.
    overflow,   ///< The chip sent a packet larger than what was left of the buffer.
    timed_out,  ///< The deadline passed (blocking door only).
    cancelled,  ///< The caller's flag was raised (blocking door only).
};

struct ControlResult {
    UsbStatus status = UsbStatus::complete;
    std::size_t bytes = 0;
};

/// From one plugging in to the next unplugging; 0 is none. What was begun in one ends with it.
using Attachment = std::uint64_t;

enum class FaultKind {
    none,
    timeout,
    stall,
    short_reply,
    status_only,
    garbage,
    late,
    nak,
    cut,
    endpoint_gone,
    power_loss,
    imitation
};

}  // namespace gpiofs::sim
