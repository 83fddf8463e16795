// SPDX-License-Identifier: MIT
#include "check/timing_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <vector>

namespace gpiofs::check {
namespace {

using namespace std::chrono_literals;
using Microseconds = std::chrono::duration<double, std::micro>;

constexpr std::size_t round_trips = 300;
constexpr int repetitions = 5;
constexpr std::size_t first_batch = 16;
constexpr std::size_t most_commands = 4096;
/// Twenty frames of full-speed USB, so that one more or less does not matter.
constexpr Duration long_enough = 20ms;

/// The bus's time for a byte at most: 13 packets of 512 bytes in a microframe of 125 us at high
/// speed, 19 packets of 64 bytes in a frame of 1 ms at full speed (USB 2.0 tables 5-10 and 5-9).
Duration bus_time_per_byte(std::size_t packet_size) {
    return packet_size > 64 ? Duration(125us) / (13 * 512) : Duration(1ms) / (19 * 64);
}

mpsse::CommandBuffer reads(std::size_t count) {
    mpsse::CommandBuffer batch;
    for (std::size_t i = 0; i < count; ++i) {
        batch.get_pins(mpsse::Banks::low);
    }
    batch.send_immediate();
    return batch;
}

Duration quickest(Conversation& talk, std::size_t count) {
    const mpsse::CommandBuffer batch = reads(count);
    Duration least = Duration::max();
    for (int i = 0; i < repetitions; ++i) {
        least = std::min(least, talk.exchange_queued(batch).took);
    }
    return least;
}

void check_round_trip(Conversation& talk, Report& report) {
    const mpsse::CommandBuffer batch = reads(1);
    std::vector<Duration> times;
    for (std::size_t i = 0; i < round_trips; ++i) {
        times.push_back(talk.exchange(batch).took);
    }
    std::sort(times.begin(), times.end());
    const auto us = [](Duration time) { return Microseconds(time).count(); };
    report.fact("round_trip_us",
                fmt::format("median {:.0f}, min {:.0f}, max {:.0f}, {} reads of the low bank",
                            us(times[times.size() / 2]), us(times.front()), us(times.back()),
                            times.size()));
}

}  // namespace

Duration check_timing(Conversation& talk, Report& report) {
    check_round_trip(talk, report);
    std::size_t count = first_batch;
    Duration took = quickest(talk, count);
    while (took < long_enough && count < most_commands) {
        count *= 4;
        took = quickest(talk, count);
    }
    const Duration one = quickest(talk, 1);
    const Duration command =
        std::max(took - one, Duration::zero()) / static_cast<Duration::rep>(count - 1);
    // A command and its reply are a byte each way.
    const bool bus_bound = command < 3 * bus_time_per_byte(talk.packet_size());
    report.fact("command_ns",
                fmt::format("{}{}, a batch of {} reads against one", command.count(),
                            bus_bound ? " or less, the bus is no faster" : "", count));
    return command;
}

}  // namespace gpiofs::check
