// SPDX-License-Identifier: MIT
#include "bare_board.h"
#include "sampled_board.h"
#include "topics.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <thread>

namespace gpiofs::bench {
namespace {

/// How many of `count` pulses are missed: a pulse is seen if both of its edges are.
int missed(SampledBoard& board, Duration width, Duration pause, int count) {
    std::mt19937 random(1);
    std::uniform_int_distribution<Duration::rep> phase(0, pause.count());
    int lost = 0;
    for (int pulse = 0; pulse < count; ++pulse) {
        const auto before = board.edges().end();
        board.board().pulse({0, 0}, width);
        // Until every sample that could show it has been taken, and a random time longer.
        std::this_thread::sleep_for(width + pause + Duration(phase(random)));
        lost += board.edges().end() - before < 2 ? 1 : 0;
    }
    return lost;
}

struct Sampling {
    unsigned interval_us;
    /// What widths are multiples of: the interval, or an ideal stream's period.
    Duration period;
};

void add_row(const Scale& scale, const Sampling& sampling, Table& table) {
    SampledBoard board(high_speed_board(), std::chrono::microseconds(sampling.interval_us));
    const Duration pause = std::max<Duration>(2 * sampling.period, std::chrono::milliseconds(3));
    std::this_thread::sleep_for(10 * pause);  // a stream measures its pace first
    board.chip().begin_sampling();
    const int count = scale.quick ? 2 : sampling.interval_us >= 10'000 ? 20 : 100;
    double shortest = 0;
    std::string losses;
    for (const double multiple : {4.0, 2.0, 1.5, 1.25, 1.1, 1.0, 0.5}) {
        const auto width = std::chrono::duration_cast<Duration>(sampling.period * multiple);
        const int lost = missed(board, width, pause, count);
        if (lost == 0 && losses.empty()) {
            shortest = microseconds(width);
        } else {
            losses += fmt::format("{}{} of {} at {:g}", losses.empty() ? "" : ", ", lost, count,
                                  microseconds(width));
        }
    }
    const gpio::SamplingReport report = board.chip().sampling_report();
    table.rows.push_back({sampling.interval_us == 0 ? Cell("stream") : Cell(sampling.interval_us),
                          microseconds(sampling.period),
                          shortest == 0 ? Cell("none") : Cell(shortest), losses,
                          report.rate() / 1000, double(report.overruns)});
}

}  // namespace

void measure_pulses(const Scale& scale, Report& report) {
    const sim::BoardConfig board = high_speed_board();
    Table table{
        "The shortest pulse that is never missed",
        "`usb=hs`, an engine of 0.5 us a command; pulses of exact widths at random phases on a "
        "sampled line, "
        "longest first. The period of a stream is that of one sample. A processor that is busy "
        "with "
        "something else delays samples, which overruns of a stream tell.",
        {"interval us", "period us", "shortest us", "missed below", "samples per ms", "overruns"},
        {}};
    constexpr auto command = std::chrono::nanoseconds(500);
    add_row(scale, {0, command}, table);
    for (const unsigned interval_us : {100U, 1000U, 10'000U}) {
        add_row(scale, {interval_us, std::chrono::microseconds(interval_us)}, table);
    }
    report.push_back(std::move(table));
}

}  // namespace gpiofs::bench
