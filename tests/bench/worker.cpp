// SPDX-License-Identifier: MIT
#include "bare_board.h"
#include "sampled_board.h"
#include "topics.h"

#include <algorithm>
#include <cstdint>
#include <thread>

namespace gpiofs::bench {
namespace {

/// A stream measures its pace first.
constexpr auto warm_up = std::chrono::milliseconds(50);

/// What a thread used outside the virtual board, and what it did with it.
struct Use {
    Duration cpu{};
    std::uint64_t round_trips = 0;

    double us_each() const { return microseconds(cpu) / static_cast<double>(round_trips); }
};

/// A loop that sleeps and does the same transfers.
Use bare_loop(std::chrono::microseconds interval, Duration time) {
    SystemClock clock;
    BareBoard board(clock, high_speed_board());
    Use use;
    std::thread loop([&] {
        const Duration before = thread_cpu();
        const TimePoint end = clock.now() + time;
        TimePoint next = clock.now();
        while (next < end) {
            board.read_pins();
            ++use.round_trips;
            next = std::max(next + interval, clock.now());
            std::this_thread::sleep_until(next);
        }
        use.cpu = thread_cpu() - before - board.in_transport();
    });
    loop.join();
    return use;
}

Use worker(std::chrono::microseconds interval, Duration time) {
    SampledBoard board(high_speed_board(), interval);
    std::this_thread::sleep_for(warm_up);
    const Duration cpu = board.worker_cpu();
    const std::uint64_t round_trips = board.board().counters().out_transfers;
    std::this_thread::sleep_for(time);
    return {board.worker_cpu() - cpu, board.board().counters().out_transfers - round_trips};
}

}  // namespace

void measure_worker(const Scale& scale, Report& report) {
    Table table{"The poll worker's processor time",
                "`usb=hs`, an engine of 0.5 us a command; without the virtual board's share, "
                "beside a bare loop that "
                "sleeps and does the same transfers. The ratio is that of the times for each round "
                "trip. Of a stream "
                "no bare loop is measured; its bound is 10 % of a processor.",
                {"interval us", "% of a processor", "us a round trip", "bare loop us", "ratio"},
                {}};
    const Duration time = 4 * scale.run();
    for (const unsigned interval_us : {0U, 100U, 1000U, 10'000U}) {
        const auto interval = std::chrono::microseconds(interval_us);
        Series percent;
        Series ours;
        Series floor;
        for (int turn = 0; turn < (scale.quick ? 1 : 3); ++turn) {
            const Use use = worker(interval, time);
            percent.add(100 * seconds(use.cpu) / seconds(time));
            ours.add(use.us_each());
            if (interval_us != 0) {
                floor.add(bare_loop(interval, time).us_each());
            }
        }
        if (interval_us == 0) {
            table.rows.push_back({"stream", percent.median(), ours.median(), "", ""});
        } else {
            table.rows.push_back({double(interval_us), percent.median(), ours.median(),
                                  floor.median(), ours.median() / floor.median()});
        }
    }
    report.push_back(std::move(table));
}

}  // namespace gpiofs::bench
