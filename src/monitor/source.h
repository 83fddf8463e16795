// SPDX-License-Identifier: MIT
#pragma once

#include "monitor/edge.h"
#include "monitor/failure.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace gpiofs::monitor {

/// Where the edges of one line come from. Thread-bound.
class Source {
  public:
    Source() = default;
    Source(const Source&) = delete;
    Source& operator=(const Source&) = delete;
    virtual ~Source() = default;

    /// What to poll, and for which events.
    virtual int fd() const noexcept = 0;
    virtual short events() const noexcept = 0;
    /// Whether poll() wakes when the line goes. If not, somebody has to look from time to time.
    virtual bool tells_when_gone() const noexcept = 0;

    /// Appends the edges that have come, after poll() has returned `revents` at the time `woken`
    /// (nanoseconds, CLOCK_MONOTONIC). Returns why there will be no more; the edges appended count
    /// all the same.
    virtual std::optional<Failure> take(short revents, std::uint64_t woken,
                                        std::vector<Edge>& edges) = 0;
};

}  // namespace gpiofs::monitor
