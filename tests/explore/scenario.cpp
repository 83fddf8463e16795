// SPDX-License-Identifier: MIT
#include "scenario.h"

#include "explorer.h"
#include "sanitizer.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>

namespace gpiofs::explore {

void explore_all(const Bound& stated, const std::function<void()>& scenario) {
    Bound bound = stated;
    if (GPIOFS_ASAN != 0) {
        bound.preemptions = 1;  // it makes going from thread to thread a hundred times slower
    }
    const char* const schedule = std::getenv("EXPLORE_SCHEDULE");
    const Report report =
        schedule == nullptr ? explore(bound, scenario) : replay(bound, scenario, schedule);
    const char* const name = doctest::getContextOptions()->currentTest->m_name;
    fmt::print("{}: {} schedules, bound {} preemptions, {} timeouts, longest run {} steps\n", name,
               report.schedules, bound.preemptions, bound.timeouts, report.longest);
    if (report.failure || schedule != nullptr) {
        fmt::print("{}FAILURE: {}\nEXPLORE_SCHEDULE=\"{}\"\n", report.trace,
                   report.failure.value_or("none"), report.schedule);
    }
    std::fflush(stdout);
    CHECK_FALSE(report.failure);
    CHECK((report.exhausted || schedule != nullptr));
}

}  // namespace gpiofs::explore
