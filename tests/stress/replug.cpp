// SPDX-License-Identifier: MIT
#include "stress/holdings.h"
#include "stress/replug_cycle.h"
#include "stress/report.h"
#include "support/skip.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <stdexcept>

using namespace gpiofs::test;

namespace {

using Seconds = std::chrono::duration<double>;

constexpr int report_every = 250;

}  // namespace

TEST_CASE("plug, export, arm, poll, toggle and unplug at any moment, again and again") {
    NEEDS_MOUNT();
    const long cycles = setting("GPIOFS_STRESS_CYCLES", sanitizers.empty() ? 600 : 150);
    std::cout << fmt::format("stress: {} cycles, seed {}\n", cycles, stress_seed()) << std::flush;
    Mount mount({"--simulate", "FT232H"});
    Watchdog watchdog;
    watchdog.guard(mount.process().pid());
    Journal journal(watchdog);
    ReplugCycle::prepare_bench(mount);
    mount.set_bench("plugged", "0");
    REQUIRE(wait_until([&] { return list(mount.path()).size() == 3; }));
    REQUIRE(wait_until([&] { return mount.threads_named("poll") == 0; }));
    const Holdings before = holdings(mount);

    std::vector<long> resident_kib;
    long edges = 0;
    long edge_first = 0;
    Seconds longest{0};
    const auto start = std::chrono::steady_clock::now();
    for (int number = 1; number <= cycles && !journal.failed(); ++number) {
        const std::string place = fmt::format("cycle {}", number);
        const Watchdog::Task task(watchdog, place);
        const auto cycle_start = std::chrono::steady_clock::now();
        journal.begin(place);
        try {
            ReplugCycle cycle(mount, journal, number);
            cycle.run();
            edges += cycle.edges();
            edge_first += cycle.edge_first() ? 1 : 0;
            if (!wait_until([&] { return holdings(mount) == before; })) {
                const Holdings now = holdings(mount);
                journal.fail(fmt::format("{}; before: {}", describe(now), describe(before)));
            }
            resident_kib.push_back(mount.resident_kib());
            if (number % report_every == 0) {
                std::cout << fmt::format("cycle {}: resident memory {} KiB\n", number,
                                         resident_kib.back())
                          << std::flush;
            }
        } catch (const std::exception& e) {
            journal.fail(e.what());
        }
        longest = std::max<Seconds>(longest, std::chrono::steady_clock::now() - cycle_start);
    }
    const Seconds took = std::chrono::steady_clock::now() - start;
    std::cout
        << fmt::format(
               "{} cycles in {:.1f} s, the longest {:.2f} s; pollers woken by {} edges, in {} "
               "cycles the plug waited for the first\n",
               resident_kib.size(), took.count(), longest.count(), edges, edge_first)
        << fmt::format("{} after each cycle as before it\n", describe(before))
        << "results of every access:\n"
        << journal.counts();
    watchdog.guard(-1);
    CHECK(journal.failures() == "");
    if (journal.failed()) {
        std::cout << end_of_log(mount);
    }
    CHECK(mount.stop() == 0);  // a sanitizer's report, leaks included, is another status
    CHECK(sanitizer_report(mount.log()) == "");
    check_growth(resident_kib, "cycle");
}
