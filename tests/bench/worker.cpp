#include "bare_board.h"
#include "sampled_board.h"
#include "topics.h"

#include <cstdint>
#include <thread>

namespace gpiofs::bench {
namespace {

/// Processor time per second of a loop that sleeps and does the same transfers, without what the
/// virtual board takes of it.
double bare_loop(std::chrono::microseconds interval, Duration time) {
    SystemClock clock;
    BareBoard board(clock, high_speed_board());
    Duration used{};
    std::thread loop([&] {
        const Duration before = thread_cpu();
        const TimePoint end = clock.now() + time;
        for (TimePoint next = clock.now(); next < end; next += interval) {
            board.read_pins();
            std::this_thread::sleep_until(next + interval);
        }
        used = thread_cpu() - before - board.in_transport();
    });
    loop.join();
    return seconds(used) / seconds(time);
}

double worker(std::chrono::microseconds interval, Duration time) {
    SampledBoard board(high_speed_board(), interval);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    const SystemClock clock;
    const Duration before = board.worker_cpu();
    const TimePoint begun = clock.now();
    std::this_thread::sleep_for(time);
    return seconds(board.worker_cpu() - before) / seconds(clock.now() - begun);
}

}  // namespace

void measure_worker(const Scale& scale, Report& report) {
    Table table{
        "The poll worker's processor time",
        "`usb=hs`, an engine of 0.5 us a command; per cent of one processor, without the virtual "
        "board's share, "
        "beside a bare loop that sleeps and does the same transfers. A stream's bound is 10 %.",
        {"interval us", "worker %", "bare loop %", "ratio"},
        {}};
    constexpr double percent = 100;
    for (const unsigned interval_us : {0U, 100U, 1000U, 10'000U}) {
        const auto interval = std::chrono::microseconds(interval_us);
        Series ours;
        Series floor;
        for (int turn = 0; turn < (scale.quick ? 1 : 3); ++turn) {
            const Duration time = 4 * scale.run();
            ours.add(percent * worker(interval, time));
            if (interval_us != 0) {
                floor.add(percent * bare_loop(interval, time));
            }
        }
        if (interval_us == 0) {
            table.rows.push_back({"stream", ours.median(), "", ours.median() / 10});
        } else {
            table.rows.push_back({double(interval_us), ours.median(), floor.median(),
                                  ours.median() / floor.median()});
        }
    }
    report.push_back(std::move(table));
}

}  // namespace gpiofs::bench
