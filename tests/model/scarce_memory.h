// SPDX-License-Identifier: MIT
#pragma once

namespace gpiofs::test {

/// While it lives, memory runs out for the thread that made it: after `allowed` allocations the
/// next one fails, and with `for_good` all that follow. The test program replaces operator new.
class ScarceMemory {
  public:
    explicit ScarceMemory(long allowed, bool for_good = false);
    ScarceMemory(const ScarceMemory&) = delete;
    ScarceMemory& operator=(const ScarceMemory&) = delete;
    ~ScarceMemory();

    /// Whether an allocation has failed.
    bool ran_out() const;
};

/// Allocations of this thread so far.
long allocations();

}  // namespace gpiofs::test
