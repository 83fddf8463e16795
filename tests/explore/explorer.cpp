// SPDX-License-Identifier: MIT
#include "explorer.h"

#include "alive.h"
#include "fault_handler.h"
#include "quarantine.h"

#include <fmt/format.h>

#include <algorithm>

namespace gpiofs::explore {
namespace {

/// A search beyond this is no test any more; it ends without being exhausted.
constexpr std::uint64_t schedule_limit = 20'000'000;

void run_once(Path& path, const Bound& bound, const std::function<void()>& scenario, Report& report,
              bool traced) {
    const long alive = Alive::count();
    begin_quarantine();
    {
        Scheduler scheduler(path, bound);
        report.failure = scheduler.run(scenario);
        ++report.schedules;
        report.longest = std::max(report.longest, scheduler.steps());
        if (!report.failure && Alive::count() != alive) {
            report.failure =
                fmt::format("leak: {} objects were never destroyed", Alive::count() - alive);
        }
        if (report.failure || traced) {
            report.schedule = path.text();
            report.trace = scheduler.trace();
        }
    }
    end_quarantine();
}

}  // namespace

Report explore(const Bound& bound, const std::function<void()>& scenario) {
    const FaultHandler faults;
    Report report;
    Path path;
    do {
        run_once(path, bound, scenario, report, false);
        if (report.failure || report.schedules == schedule_limit) {
            return report;
        }
    } while (path.advance());
    report.exhausted = true;
    return report;
}

Report replay(const Bound& bound, const std::function<void()>& scenario,
              const std::string& schedule) {
    const FaultHandler faults;
    Report report;
    Path path(schedule);
    run_once(path, bound, scenario, report, true);
    return report;
}

}  // namespace gpiofs::explore
