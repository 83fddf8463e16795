// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "base/thread.h"
#include "scheduler.h"

#include <functional>
#include <string_view>

/// What the body of a scenario uses besides the program under test. Threads it starts with
/// start_thread() and joins.
namespace gpiofs::explore {

/// Searches `scenario` within `bound`, prints how many schedules that were, and fails the test case
/// if one failed or the bound was not exhausted. A failure is printed with its schedule; with that
/// in the environment variable EXPLORE_SCHEDULE only this schedule is run and its steps printed.
/// AddressSanitizer gets schedules of one preemption only.
void explore_all(const Bound& stated, const std::function<void()>& scenario);

/// Fails the run with `otherwise` unless `holds`.
inline void require(bool holds, const char* otherwise) {
    if (!holds) {
        Scheduler::running().fail(otherwise);
    }
}

/// Goes on when `holds()`; that it does not is a deadlock of which `what` is the reason given.
template <typename Holds>
void until(const Holds& holds, const char* what) {
    Scheduler::running().step_when(holds, what);
}

/// The scheduler's time.
class ExploredClock final : public Clock {
  public:
    TimePoint now() const noexcept override { return Scheduler::running().now(); }
    void wait_until(std::unique_lock<Mutex>& lock, ConditionVariable& changed,
                    TimePoint time) override {
        changed.wait_until(lock, time);
    }
};

}  // namespace gpiofs::explore
