// SPDX-License-Identifier: MIT
#pragma once

#include "scheduler.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace gpiofs::explore {

/// What a search found.
struct Report {
    std::uint64_t schedules = 0;
    /// Steps of the longest run.
    std::size_t longest = 0;
    /// The search ended because nothing was left to try within its bound.
    bool exhausted = false;

    /// What went wrong in the last run, if something did; then the search ended there.
    std::optional<std::string> failure;
    /// Of that run: its decisions, for replay(), and its steps.
    std::string schedule;
    std::string trace;
};

/// Runs `scenario` under every schedule within `bound`, until one fails. Besides what the
/// controlled types report, a run fails by a deadlock, a livelock, an exception that leaves a
/// thread, std::terminate, a memory fault, and by objects with a marker (alive.h) left behind.
/// `scenario` must do the same each time it is decided the same; it shares nothing between runs.
Report explore(const Bound& bound, const std::function<void()>& scenario);

/// One run, with its trace whether it fails or not.
Report replay(const Bound& bound, const std::function<void()>& scenario,
              const std::string& schedule);

}  // namespace gpiofs::explore
