// SPDX-License-Identifier: MIT
#pragma once

#include "sim/byte_fifo.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace gpiofs::sim {

/// The chip-to-host FIFO, and which of its bytes need not wait for the latency timer. Thread-bound.
class ReplyBuffer {
  public:
    explicit ReplyBuffer(std::size_t capacity) : fifo_(capacity) {}

    std::size_t size() const noexcept { return fifo_.size(); }
    std::size_t room() const noexcept { return fifo_.room(); }
    /// Whether something is in here that the host shall get with the next packet.
    bool urgent() const noexcept { return urgent_ > 0; }

    void push(std::uint8_t byte) noexcept {
        fifo_.push(byte);
        if (event_character_ == byte) {
            send_now();
        }
    }
    /// Send immediate: what is in here now goes at once, not what comes later (AN_108 5.1).
    void send_now() noexcept { urgent_ = fifo_.size(); }
    std::size_t pop(std::span<std::uint8_t> bytes) noexcept {
        const std::size_t count = fifo_.pop(bytes);
        urgent_ -= std::min(urgent_, count);
        return count;
    }
    void clear() noexcept {
        fifo_.clear();
        urgent_ = 0;
    }
    /// A byte whose arrival has the effect of send_now().
    void set_event_character(std::optional<std::uint8_t> character) noexcept {
        event_character_ = character;
    }

  private:
    ByteFifo fifo_;
    std::size_t urgent_ = 0;
    std::optional<std::uint8_t> event_character_;
};

}  // namespace gpiofs::sim
