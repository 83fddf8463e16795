// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>

namespace gpiofs::test {

/// A clock that stands still until it is told to move. Who waits on it moves it to the end of the
/// wait, so nothing ever takes real time; a wait without end waits for its condition. Thread-safe.
class ManualClock final : public Clock {
  public:
    TimePoint now() const noexcept override { return TimePoint(Duration(now_.load())); }

    void advance(Duration by) noexcept { now_ += by.count(); }

    void wait_until(std::unique_lock<std::mutex>& lock, std::condition_variable& changed,
                    TimePoint until) override {
        if (until == TimePoint::max()) {
            changed.wait_for(lock, std::chrono::milliseconds(10));
        } else {
            spin_until(until);
        }
    }

    void spin_until(TimePoint until) noexcept override {
        Duration::rep seen = now_;
        const Duration::rep wanted = until.time_since_epoch().count();
        while (seen < wanted && !now_.compare_exchange_weak(seen, wanted)) {
        }
    }

  private:
    std::atomic<Duration::rep> now_ = Duration(std::chrono::hours(1)).count();
};

}  // namespace gpiofs::test
