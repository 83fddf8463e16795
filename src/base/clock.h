// SPDX-License-Identifier: MIT
#pragma once

#include "base/sync.h"

#include <chrono>

namespace gpiofs {

using Duration = std::chrono::nanoseconds;
/// CLOCK_MONOTONIC, in nanoseconds.
using TimePoint = std::chrono::time_point<std::chrono::steady_clock, Duration>;

/// The monotonic clock as something that can be injected: real in programs, stepped in tests.
/// Thread-safe.
class Clock {
  public:
    Clock() = default;
    Clock(const Clock&) = delete;
    Clock& operator=(const Clock&) = delete;
    virtual ~Clock() = default;

    virtual TimePoint now() const noexcept = 0;

    /// Waits on `changed` with `lock` held until it is notified or `until` has come; may wake
    /// early, so callers re-check. A stepped clock moves itself to `until` instead of waiting.
    virtual void wait_until(std::unique_lock<Mutex>& lock, ConditionVariable& changed,
                            TimePoint until) = 0;

    /// Keeps the processor until `until`: for waits too short to sleep. A stepped clock moves
    /// itself.
    virtual void spin_until(TimePoint until) noexcept {
        while (now() < until) {
        }
    }
};

/// The machine's own clock.
class SystemClock final : public Clock {
  public:
    TimePoint now() const noexcept override { return std::chrono::steady_clock::now(); }
    void wait_until(std::unique_lock<Mutex>& lock, ConditionVariable& changed,
                    TimePoint until) override {
        if (until == TimePoint::max()) {
            changed.wait(lock);
        } else {
            changed.wait_until(lock, until);
        }
    }
};

}  // namespace gpiofs
