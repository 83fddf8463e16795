// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

namespace gpiofs::test {

/// What actors share, also with those in other processes.
struct Stage {
    /// Writers that have not finished.
    std::atomic<unsigned> writers = 0;
    /// An actor has found a difference.
    std::atomic<bool> failed = false;
    std::atomic<long> accesses = 0;

    /// Until then everybody goes on.
    bool over() const noexcept { return failed || writers == 0; }
};

/// Acts until it has finished or the stage is over. Throws Difference.
using Actor = std::function<void(Stage&)>;

enum class Kind { threads, processes };

struct Together {
    /// What each actor has found.
    std::vector<std::string> differences;
    long accesses = 0;
};

/// Runs all at the same time, each in a thread or in a process of its own, and waits for their end.
/// `writers` of them finish by
/// themselves.
Together act_together(const std::vector<Actor>& actors, unsigned writers, Kind kind);

}  // namespace gpiofs::test
