// SPDX-License-Identifier: MIT
#include "base/error.h"
#include "sim/bench.h"
#include "support/manual_clock.h"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <system_error>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <thread>
#include <vector>

using namespace gpiofs;
using namespace std::chrono_literals;

namespace {

constexpr std::uint8_t bit_mode = 0x0b;
constexpr std::uint16_t mpsse = 0x0200;

sim::BoardConfig chip(const std::string& name) {
    sim::BoardConfig config;
    config.chip = name;
    return config;
}

/// One read of the low byte; its errno or the level byte.
int read_low(transport::Transport& transport, TimePoint deadline) {
    constexpr std::array<std::uint8_t, 2> command = {0x81, 0x87};
    const auto sent = transport.write(command, deadline);
    if (sent.error) {
        return -to_errno(sent.error);
    }
    std::array<std::uint8_t, 512> buffer{};
    while (true) {
        const auto got = transport.read(buffer, deadline);
        if (got.error) {
            return -to_errno(got.error);
        }
        if (got.bytes > 2) {
            return buffer[2];
        }
    }
}

rusage thread_usage() {
    rusage usage{};
    ::getrusage(RUSAGE_THREAD, &usage);
    return usage;
}

std::chrono::nanoseconds cpu_time(const rusage& usage) {
    return std::chrono::seconds(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           std::chrono::microseconds(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

}  // namespace

TEST_CASE("sim transport: a claimed interface reads pins") {
    test::ManualClock clock;
    sim::Bench bench(clock);
    bench.add(chip("FT2232H"));
    const auto board = bench.boards().at(0);
    const auto transport = board->open(0, {});
    CHECK(board->holder(0) == "usbfs");
    CHECK(board->holder(1).empty());
    CHECK_FALSE(transport->detached_driver());
    CHECK(transport->packet_size() == 512);
    CHECK_FALSE(transport->control_out(bit_mode, mpsse, TimePoint::max()));
    CHECK(read_low(*transport, TimePoint::max()) == 0xff);
    bench.write(0, "adbus7/drive", "0");
    CHECK(read_low(*transport, TimePoint::max()) == 0x7f);
    std::array<std::uint8_t, 1> latency{};
    CHECK(transport->control_in(0x0a, 0, latency, TimePoint::max()).bytes == 1);
    CHECK(latency[0] == 16);
    CHECK(transport->control_out(0x55, 0, TimePoint::max()) == errno_code(EPIPE));
}

TEST_CASE("sim transport: claims exclude each other and end with their transport") {
    test::ManualClock clock;
    sim::Bench bench(clock);
    bench.add(chip("FT2232H"));
    const auto board = bench.boards().at(0);
    auto first = board->open(0, {});
    const auto other = board->open(1, {});
    CHECK_THROWS_AS(board->open(0, {}), std::system_error);
    first.reset();
    first = board->open(0, {});
    CHECK_THROWS_AS(board->open(2, {}), std::system_error);
}

TEST_CASE("sim transport: deadlines, stalls and unplugging have their errno") {
    test::ManualClock clock;
    sim::Bench bench(clock);
    bench.add(chip("FT232H"));
    const auto board = bench.boards().at(0);
    const auto transport = board->open(0, {});
    transport->control_out(bit_mode, mpsse, TimePoint::max());

    bench.write(0, "fault", "timeout 1");
    CHECK(read_low(*transport, clock.now() + 10ms) == -ETIMEDOUT);

    bench.write(0, "fault", "stall 1");
    CHECK(read_low(*transport, clock.now() + 10ms) == -EPIPE);
    CHECK_FALSE(transport->clear_halt(transport::Direction::out));
    CHECK(read_low(*transport, clock.now() + 10ms) == 0xff);

    bench.write(0, "plugged", "0");
    CHECK(read_low(*transport, clock.now() + 10ms) == -ENODEV);
    bench.write(0, "plugged", "1");
    CHECK(read_low(*transport, clock.now() + 10ms) == -ENODEV);
    CHECK_THROWS_AS(board->open(0, {}), std::system_error);
    CHECK(bench.boards().at(0)->open(0, {}) != nullptr);
}

TEST_CASE("sim transport: a full FIFO leaves a partial write") {
    test::ManualClock clock;
    sim::Bench bench(clock);
    bench.add(chip("FT232H"));
    const auto transport = bench.boards().at(0)->open(0, {});
    transport->control_out(bit_mode, mpsse, TimePoint::max());
    const std::vector<std::uint8_t> many(4096, 0xaa);
    const auto sent = transport->write(many, clock.now() + 10ms);
    CHECK(sent.error == errno_code(ETIMEDOUT));
    CHECK(sent.bytes >= 1024);
    CHECK(sent.bytes < 4096);
}

TEST_CASE("sim transport: abort and unplug end a transfer that waits in another thread") {
    SystemClock clock;
    sim::Bench bench(clock);
    bench.add(chip("FT232H"));
    const auto transport = bench.boards().at(0)->open(0, {});
    transport->control_out(bit_mode, mpsse, TimePoint::max());
    bench.write(0, "fault", "timeout -1");
    std::atomic<bool> started = false;
    int result = 0;
    std::thread waiter([&] {
        started = true;
        result = read_low(*transport, TimePoint::max());
    });
    while (!started) {
        std::this_thread::yield();
    }
    int expected = -ECANCELED;
    SUBCASE("abort") { transport->abort(); }
    SUBCASE("unplug") {
        bench.write(0, "plugged", "0");
        expected = -ENODEV;
    }
    waiter.join();
    CHECK(result == expected);
}

TEST_CASE("sim transport: interfaces of a board work in parallel") {
    SystemClock clock;
    sim::Bench bench(clock);
    bench.add(chip("FT2232H"));
    const auto board = bench.boards().at(0);
    std::array<int, 2> wrong{};
    std::vector<std::thread> threads;
    for (unsigned number = 0; number < 2; ++number) {
        threads.emplace_back([&, number] {
            const auto transport = board->open(number, {});
            transport->control_out(bit_mode, mpsse, TimePoint::max());
            for (int i = 0; i < 2000; ++i) {
                wrong.at(number) += read_low(*transport, TimePoint::max()) == 0xff ? 0 : 1;
            }
        });
    }
    for (int i = 0; i < 200; ++i) {
        bench.write(0, "wires", "acbus0 bcbus0");
        bench.write(0, "acbus0/pulse", "10");
        bench.write(0, "wires", "\n");
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    CHECK(wrong == std::array<int, 2>{});
    CHECK(bench.board(0).counters().in_transfers == 4000);
}

TEST_CASE("sim transport: an instant board costs microseconds, and never sleeps") {
    SystemClock clock;
    sim::Bench bench(clock);
    bench.add(chip("FT232H"));
    const auto transport = bench.boards().at(0)->open(0, {});
    transport->control_out(bit_mode, mpsse, TimePoint::max());
    REQUIRE(read_low(*transport, TimePoint::max()) == 0xff);  // code and data are in memory now
    constexpr int rounds = 10000;
    const rusage before = thread_usage();
    for (int i = 0; i < rounds; ++i) {
        REQUIRE(read_low(*transport, TimePoint::max()) == 0xff);
    }
    const rusage after = thread_usage();
    const auto each = (cpu_time(after) - cpu_time(before)) / rounds;
    MESSAGE("a write and a read take " << each.count() << " ns of processor time");
    CHECK(each < 100us);
    CHECK(after.ru_nvcsw == before.ru_nvcsw);
}

TEST_CASE("sim transport: queued transfers that are cancelled say how far they got, in order") {
    test::ManualClock clock;
    sim::Bench bench(clock);
    bench.add(chip("FT232H"));
    const auto transport = bench.boards().at(0)->open(0, {});
    REQUIRE_FALSE(transport->control_out(bit_mode, mpsse, clock.now() + 1s));
    // Nobody takes the replies: the engine stops when they fill their FIFO, and commands pile up.
    std::array<std::vector<std::uint8_t>, 4> commands;
    for (auto& bytes : commands) {
        bytes.assign(1500, 0x81);
        REQUIRE_FALSE(transport->submit(transport::Direction::out, bytes));
    }
    std::vector<transport::Transfer> ends;
    while (const auto ended = transport->collect(clock.now() + 1ms)) {
        CHECK_FALSE(ended->transfer.error);
        ends.push_back(ended->transfer);
    }
    CHECK(ends.size() == 1);
    transport->cancel();
    while (const auto ended = transport->collect(clock.now() + 1ms)) {
        CHECK(ended->direction == transport::Direction::out);
        CHECK(ended->transfer.error == errno_code(ECANCELED));
        ends.push_back(ended->transfer);
    }
    REQUIRE(ends.size() == 4);
    // What fits: 1024 replies, the command that waits to put the next, and 1024 more bytes of
    // commands, in whole packets.
    const std::size_t first_packets = 1500 + 512;
    CHECK(ends[0].bytes == 1500);
    CHECK(ends[1].bytes == first_packets - 1500);
    CHECK(ends[2].bytes == 0);
    CHECK(ends[3].bytes == 0);
    CHECK_FALSE(transport->collect(clock.now() + 1ms));
}
