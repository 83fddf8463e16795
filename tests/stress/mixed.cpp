// SPDX-License-Identifier: MIT
#include "stress/abused_board.h"
#include "stress/counted_line.h"
#include "stress/holdings.h"
#include "stress/report.h"
#include "stress/settings.h"
#include "support/skip.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <iostream>
#include <stdexcept>

using namespace gpiofs::test;

namespace {

using Seconds = std::chrono::duration<double>;
using std::chrono::steady_clock;

/// What lasts while both boards are in use, before everything is added up.
constexpr auto round_time = std::chrono::milliseconds(1500);

struct Sums {
    long writes = 0;
    long events = 0;
    long wakes = 0;
};

}  // namespace

TEST_CASE("endurance: a board in order adds up while another fails and is pulled") {
    NEEDS_MOUNT();
    const Seconds time(setting("GPIOFS_STRESS_SECONDS", 20));
    std::cout << fmt::format("endurance: {:.0f} s, seed {}\n", time.count(), stress_seed())
              << std::flush;
    Mount mount({"--simulate", "FT232H,usb=hs", "--simulate", "FT232H"});
    Watchdog watchdog;
    watchdog.guard(mount.process().pid());
    Journal journal(watchdog);
    CountedLine::prepare_bench(mount);
    const Holdings before = holdings(mount);

    std::vector<long> resident_kib;
    Sums streamed;
    Sums sampled;
    const auto start = steady_clock::now();
    for (int number = 1; steady_clock::now() - start < time && !journal.failed(); ++number) {
        const std::string place = fmt::format("round {}", number);
        const Watchdog::Task task(watchdog, place);
        journal.begin(place);
        const bool stream = number % 2 == 1;
        try {
            CountedLine counted(mount, journal);
            AbusedBoard abused(mount, journal, number);
            counted.begin(stream);
            abused.begin();
            std::this_thread::sleep_for(round_time);
            counted.end();
            abused.end();
            Sums& sums = stream ? streamed : sampled;
            sums.writes += counted.writes();
            sums.events += counted.events();
            sums.wakes += counted.wakes();
        } catch (const std::exception& e) {
            journal.fail(e.what());
        }
        if (!wait_until([&] { return holdings(mount) == before; })) {
            journal.fail(
                fmt::format("{}; before: {}", describe(holdings(mount)), describe(before)));
        }
        resident_kib.push_back(mount.resident_kib());
    }
    const auto told = [](const Sums& sums) {
        return fmt::format("{} writes, as many edges; {} events, {} wake-ups", sums.writes,
                           sums.events, sums.wakes);
    };
    std::cout << fmt::format("FIGURE: endurance: {} rounds in {:.0f} s; streamed {}; sampled {}\n",
                             resident_kib.size(), Seconds(steady_clock::now() - start).count(),
                             told(streamed), told(sampled));
    std::cout << fmt::format("{} after each round as before\n", describe(before))
              << "results of every access:\n"
              << journal.counts();
    watchdog.guard(-1);
    if (journal.failed()) {
        std::cout << end_of_log(mount);
    }
    CHECK(journal.failures() == "");
    CHECK(streamed.writes > 0);
    CHECK(streamed.events == streamed.writes);
    CHECK(sampled.events == sampled.writes);
    CHECK(mount.stop() == 0);  // a sanitizer's report, leaks included, is another status
    CHECK(sanitizer_report(mount.log()) == "");
    check_growth(resident_kib, "round");
}
