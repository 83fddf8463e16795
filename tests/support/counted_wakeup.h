// SPDX-License-Identifier: MIT
#pragma once

#include "gpio/event_node.h"

#include <atomic>

namespace gpiofs::test {

/// Counts how often a sleeper would have been woken, in a number that outlives it.
class CountedWakeup final : public gpio::Wakeup {
  public:
    explicit CountedWakeup(std::atomic<int>& wakeups) : wakeups_(wakeups) {}
    void notify() noexcept override { ++wakeups_; }

  private:
    std::atomic<int>& wakeups_;
};

}  // namespace gpiofs::test
