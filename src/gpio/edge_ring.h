// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "base/sync.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace gpiofs::gpio {

/// One edge of a line, in the sense of its active_low.
struct EdgeEvent {
    /// Of the sample that showed it.
    TimePoint time;
    bool rising = false;
};

/// The latest edges of a line, numbered from 0, for any number of readers with a position of their
/// own: its size does not depend on how many there are or how slow they are. Thread-safe; its lock
/// is a leaf.
class EdgeRing {
  public:
    /// Four seconds of edges at the default sampling interval, in 32 KiB.
    static constexpr std::size_t capacity = 4096;

    /// Overwrites the oldest if the ring is full.
    void push(const EdgeEvent& edge) noexcept;

    /// The number of the edge that comes next.
    std::uint64_t end() const noexcept;
    /// The number of the oldest edge that is still there; end() if there is none.
    std::uint64_t oldest() const noexcept;

    struct Copied {
        /// The number of the first edge copied.
        std::uint64_t first = 0;
        std::size_t count = 0;
    };
    /// Copies edges from number `from` on, or the oldest that is still there, but none from number
    /// `to` on.
    Copied copy(std::uint64_t from, std::uint64_t to, std::span<EdgeEvent> edges) const noexcept;

  private:
    std::uint64_t oldest_locked() const noexcept { return end_ < capacity ? 0 : end_ - capacity; }

    mutable Mutex mutex_;
    std::uint64_t end_ = 0;  ///< guarded by mutex_
    /// Nanoseconds times two, plus 1 if rising: half the memory; guarded by mutex_.
    std::array<std::uint64_t, capacity> edges_{};
};

}  // namespace gpiofs::gpio
