// SPDX-License-Identifier: MIT
#include "base/error.h"
#include "sim/bench.h"
#include "support/manual_clock.h"

#include <doctest/doctest.h>
#include <system_error>

#include <stdexcept>
#include <string>
#include <vector>

using namespace gpiofs;

namespace {

sim::BoardConfig chip(const std::string& name) {
    sim::BoardConfig config;
    config.chip = name;
    return config;
}

template <typename Call>
int errno_of(Call call) {
    try {
        call();
    } catch (const std::system_error& error) {
        return to_errno(error.code());
    }
    return 0;
}

class Log final : public transport::BoardObserver {
  public:
    void board_arrived(const std::shared_ptr<transport::Board>& board) override {
        lines.push_back("+" + board->info().path);
        board->open(0, {});
    }
    void board_left(const std::string& path) override { lines.push_back("-" + path); }

    std::vector<std::string> lines;
};

}  // namespace

TEST_CASE("sim bench: boards have their identity, and serial numbers of their own") {
    test::ManualClock clock;
    sim::Bench bench(clock);
    CHECK(bench.add(chip("FT232H")) == 0);
    sim::BoardConfig bryx = chip("ft232h");
    bryx.product = 0x6988;
    bryx.serial = "";
    CHECK(bench.add(bryx) == 1);
    const auto boards = bench.boards();
    REQUIRE(boards.size() == 2);
    CHECK(boards[0]->info().path == "sim0");
    CHECK(boards[0]->info().serial == "SIM0");
    CHECK(boards[0]->info().product == 0x6014);
    CHECK(boards[0]->info().virtual_board);
    CHECK(boards[1]->info().vendor == 0x0403);
    CHECK(boards[1]->info().product == 0x6988);
    CHECK(boards[1]->info().bcd_device == 0x0900);
    CHECK_FALSE(boards[1]->info().serial.has_value());
}

TEST_CASE("sim bench: what cannot be built says why") {
    test::ManualClock clock;
    sim::Bench bench(clock);
    CHECK_THROWS_WITH_AS(bench.add(chip("FT232R")),
                         "unknown chip 'FT232R': one of FT232H, FT2232H, FT4232H, FT2232D",
                         std::invalid_argument);
    sim::BoardConfig fast = chip("FT2232D");
    fast.usb = sim::UsbSpeed::high;
    CHECK_THROWS_AS(bench.add(fast), std::invalid_argument);
    CHECK(bench.size() == 0);
}

TEST_CASE("sim bench: files are listed by pin") {
    test::ManualClock clock;
    sim::Bench bench(clock);
    bench.add(chip("FT4232H"));
    CHECK(bench.pins(0).size() == 16);
    CHECK(bench.pins(0).front() == "adbus0");
    CHECK(bench.pins(0).back() == "bdbus7");
    const auto files = bench.files(0);
    CHECK(files.size() == 4 + 5 * 16);
    for (const auto& file : files) {
        CAPTURE(file.path);
        const bool readable = errno_of([&] { bench.read(0, file.path); }) == 0;
        CHECK(readable == (file.access != sim::Access::write_only));
        const int write_error = errno_of([&] { bench.write(0, file.path, "nonsense"); });
        CHECK(write_error == (file.access == sim::Access::read_only ? EACCES : EINVAL));
    }
}

TEST_CASE("sim bench: words are read as they were written") {
    test::ManualClock clock;
    sim::Bench bench(clock);
    bench.add(chip("FT2232H"));
    CHECK(bench.read(0, "adbus3/drive") == "z\n");
    bench.write(0, "adbus3/drive", "0\n");
    CHECK(bench.read(0, "adbus3/drive") == "0\n");
    CHECK(bench.read(0, "adbus3/level") == "0\n");
    bench.write(0, "adbus3/pulse", "100");
    CHECK(bench.read(0, "adbus3/level") == "1\n");
    bench.write(0, "adbus3/drive", "z");
    clock.advance(std::chrono::microseconds(100));
    CHECK(bench.read(0, "bcbus7/pull") == "pull-up\n");
    bench.write(0, "bcbus7/pull", "pull-down\n");
    CHECK(bench.read(0, "bcbus7/pull") == "pull-down\n");
    CHECK(bench.read(0, "bcbus7/level") == "0\n");

    CHECK(bench.read(0, "wires").empty());
    bench.write(0, "wires", "adbus4 adbus5\n");
    bench.write(0, "wires", "acbus0 bdbus1\nbdbus2 adbus5");
    CHECK(bench.read(0, "wires") == "adbus4 adbus5\nacbus0 bdbus1\nbdbus2 adbus5\n");
    bench.write(0, "wires", "adbus5 adbus4\nadbus4 adbus5");  // is there already
    CHECK(bench.read(0, "wires").size() == 42);
    CHECK(errno_of([&] { bench.write(0, "wires", "adbus6 adbus7\nadbus0"); }) == EINVAL);
    CHECK(bench.read(0, "wires").size() == 42);
    bench.write(0, "wires", "\n");
    CHECK(bench.read(0, "wires").empty());

    for (const std::string kind : {"timeout", "stall", "short", "status-only", "garbage", "late",
                                   "nak", "cut", "endpoint-gone", "power-loss"}) {
        bench.write(0, "fault", kind + " -1");
    }
    bench.write(0, "fault", "0\n");
    CHECK(bench.read(0, "counters").substr(0, 16) == "out_transfers 0\n");
}

TEST_CASE("sim bench: wrong words and paths") {
    test::ManualClock clock;
    sim::Bench bench(clock);
    bench.add(chip("FT232H"));
    const auto write_error = [&](const char* path, const char* text) {
        return errno_of([&] { bench.write(0, path, text); });
    };
    CHECK(write_error("plugged", "2") == EINVAL);
    CHECK(write_error("plugged", "") == EINVAL);
    CHECK(write_error("adbus0/drive", "Z") == EINVAL);
    CHECK(write_error("adbus0/pulse", "0") == EINVAL);
    CHECK(write_error("adbus0/pulse", "-5") == EINVAL);
    CHECK(write_error("adbus0/pull", "up") == EINVAL);
    CHECK(write_error("wires", "adbus0 adbus0") == EINVAL);
    CHECK(write_error("wires", "adbus0 bdbus0") == EINVAL);
    CHECK(write_error("fault", "timeout") == EINVAL);
    CHECK(write_error("fault", "timeout -2") == EINVAL);
    CHECK(write_error("fault", "fire 1") == EINVAL);
    CHECK(write_error("counters", "0") == EACCES);
    CHECK(write_error("bdbus0/drive", "0") == ENOENT);
    CHECK(write_error("adbus8/drive", "0") == ENOENT);
    CHECK(write_error("drive", "0") == ENOENT);
    CHECK(write_error("adbus0/plugged", "0") == ENOENT);
    CHECK(write_error("x/plugged", "0") == ENOENT);
    CHECK(errno_of([&] { bench.read(1, "plugged"); }) == ENOENT);
    CHECK(errno_of([&] { bench.read(0, "fault"); }) == EACCES);
}

TEST_CASE("sim bench: observers hear of plugging before the write returns") {
    test::ManualClock clock;
    sim::Bench bench(clock);
    bench.add(chip("FT232H"));
    bench.add(chip("FT2232H"));
    Log log;
    bench.watch(log);
    bench.write(1, "plugged", "0\n");
    CHECK(log.lines == std::vector<std::string>{"-sim1"});
    CHECK(bench.read(1, "plugged") == "0\n");
    CHECK(bench.boards().size() == 1);
    bench.write(1, "plugged", "0\n");
    bench.write(1, "adbus0/drive", "0");
    CHECK(bench.read(1, "adbus0/level") == "0\n");
    bench.write(1, "plugged", "1\n");
    CHECK(log.lines == std::vector<std::string>{"-sim1", "+sim1"});
    CHECK(bench.read(1, "adbus0/drive") == "0\n");
    bench.stop_watching();
    bench.stop_watching();
    bench.write(0, "plugged", "0");
    CHECK(log.lines.size() == 2);
}
