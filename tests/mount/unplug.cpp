// SPDX-License-Identifier: MIT
#include "sanitizer.h"
#include "support/mount.h"
#include "support/poller.h"
#include "support/skip.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <array>
#include <atomic>
#include <fcntl.h>
#include <poll.h>
#include <thread>
#include <unistd.h>

using namespace gpiofs::test;

namespace {

/// Eight sleepers on one armed input of a board.
struct Sleepers {
    explicit Sleepers(const fs::path& line) {
        REQUIRE(write_text(line / "edge", "both") == "ok");
        for (int i = 0; i < 8; ++i) {
            fds.push_back(open_file(line / "value", O_RDWR));
            REQUIRE(read_at(fds.back().get(), 0).size() == 2);
        }
        for (const auto& fd : fds) {
            woken.push_back(poll_in_background(fd.get()));
        }
        REQUIRE(wait_for_sleepers(fds.size()));
    }
    void check_all_woken() {
        for (auto& one : woken) {
            CHECK(one.get() == "PRI|ERR");
        }
    }
    void check_all_dead() {
        for (const auto& fd : fds) {
            std::array<char, 4> text{};
            CHECK(read_at(fd.get(), 0) == "ENODEV");
            CHECK(write_at_start(fd.get(), "1") == "ENODEV");
            CHECK(::read(fd.get(), text.data(), text.size()) == -1);
            CHECK(errno == ENODEV);
            CHECK(poll_once(fd.get(), POLLIN | POLLPRI | POLLOUT, patience) == "IN|PRI|OUT|ERR");
            struct stat status {};
            CHECK(::fstat(fd.get(), &status) == 0);
        }
    }
    std::vector<gpiofs::UniqueFd> fds;
    std::vector<std::future<std::string>> woken;
};

}  // namespace

TEST_CASE(
    "a chip that lost its power is like one that was unplugged, but drives its outputs again") {
    NEEDS_MOUNT();
    Mount mount({"-o", "timeout_ms=500", "--simulate", "FT232H"});
    const auto output = mount.export_line(515);
    REQUIRE(write_text(output / "direction", "low") == "ok");
    const auto input = mount.export_line(513);
    Sleepers sleepers(input);
    mount.set_bench("fault", "power-loss 1");
    sleepers.check_all_woken();
    sleepers.check_all_dead();
    CHECK(read_text(input / "value") == "ENOENT");
    CHECK(read_text(output / "value") == "ENOENT");
    CHECK(wait_until([&] { return mount.bench("adbus3/level") == "0"; }));

    const auto again = mount.export_line(515);
    CHECK(read_text(again / "direction") == "out\n");
    CHECK(read_text(again / "value") == "0\n");
    CHECK(read_text(mount.export_line(513) / "edge") == "none\n");
    CHECK(mount.stop() == 0);
    const std::string log = mount.log();
    CHECK(log.find("lost its power") != std::string::npos);
    CHECK(log.find("lost its power") == log.rfind("lost its power"));
    CHECK(log.find("synchronising") == std::string::npos);
}

TEST_CASE("unexport wakes who polls the line, on every file of it") {
    NEEDS_MOUNT();
    Mount mount({"--simulate", "FT232H"});
    const auto line = mount.export_line(513);
    Sleepers sleepers(line);
    const auto direction = open_file(line / "direction", O_RDONLY);
    REQUIRE(read_at(direction.get(), 0) == "in\n");
    auto quiet = poll_in_background(direction.get());
    REQUIRE(wait_for_sleepers(9));
    CHECK(write_text(mount / "unexport", "513") == "ok");
    sleepers.check_all_woken();
    CHECK(quiet.get() == "PRI|ERR");
    sleepers.check_all_dead();
    CHECK(read_text(line / "value") == "ENOENT");

    const auto again = mount.export_line(513);
    CHECK(read_text(again / "edge") == "none\n");
    CHECK(read_text(again / "value") == "1\n");
    sleepers.check_all_dead();
    CHECK(mount.stop() == 0);
}

TEST_CASE("unplug wakes every sleeper, names vanish, replug brings the same numbers back") {
    NEEDS_MOUNT();
    Mount mount({"--simulate", "FT232H,base=100", "--board", "sim:FT2232H,interface=AB"});
    const auto names = list(mount.path());
    REQUIRE(names == std::vector<std::string>{"chip0", "chip1", "chip2", "export", "gpiochip100",
                                              "gpiochip512", "gpiochip528", "sim", "unexport"});
    const auto other = mount.export_line(530);
    for (int cycle = 0; cycle < 5; ++cycle) {
        CAPTURE(cycle);
        const auto line = mount.export_line(101);
        const auto output = mount.export_line(102);
        REQUIRE(write_text(output / "direction", "high") == "ok");
        const auto chip_export = open_file(mount / "chip0/export", O_WRONLY);
        const auto root_export = open_file(mount / "export", O_WRONLY);
        Sleepers sleepers(line);
        mount.set_bench("plugged", "0");
        sleepers.check_all_woken();
        sleepers.check_all_dead();
        CHECK(write_at_start(chip_export.get(), "4") == "ENODEV");
        CHECK(write_at_start(root_export.get(), "101") == "EINVAL");
        CHECK(read_text(line / "value") == "ENOENT");
        CHECK(list(mount.path()) == std::vector<std::string>{"chip1", "chip2", "export", "gpio530",
                                                             "gpiochip512", "gpiochip528", "sim",
                                                             "unexport"});
        CHECK(read_text(other / "value") == "1\n");
        mount.set_bench("plugged", "1");
        CHECK(list(mount / "gpiochip100").size() == 9);
        CHECK(read_text(mount / "chip0/label") == "MPSSE0403:6014.0.0.SIM0\n");
        CHECK(try_open(mount / "gpio102", O_RDONLY) == "ENOENT");
        CHECK(read_text(mount.export_line(102) / "direction") == "in\n");
        CHECK(write_text(mount / "unexport", "102") == "ok");
    }
    CHECK(mount.stop() == 0);
}

TEST_CASE("threads and descriptors are back after arming, polling, unplug and replug") {
    NEEDS_MOUNT();
    Mount mount({"--simulate", "FT232H"});
    const auto cycle = [&] {
        const auto line = mount.export_line(513);
        Sleepers sleepers(line);
        CHECK(wait_until([&] { return mount.threads_named("poll") == 1; }));
        mount.set_bench("plugged", "0");
        sleepers.check_all_woken();
        mount.set_bench("plugged", "1");
    };
    for (int i = 0; i < 10; ++i) {
        cycle();
    }
    REQUIRE(wait_until([&] { return mount.threads_named("poll") == 0; }));
    const auto own = mount.own_threads();
    const auto descriptors = mount.descriptors();
    for (int i = 0; i < 10; ++i) {
        cycle();
    }
    CHECK(wait_until([&] { return mount.threads_named("poll") == 0; }));
    CHECK(wait_until([&] { return mount.own_threads() == own; }));
    CHECK(wait_until([&] { return mount.threads_at_a_request() == sanitizer_threads; }));
    CHECK(wait_until([&] { return mount.descriptors() == descriptors; }));
    CHECK(mount.stop() == 0);
}

TEST_CASE("an unplug in the middle of readers, writers and listing leaves the daemon alive") {
    NEEDS_MOUNT();
    Mount mount({"--simulate", "FT232H,usb=hs"});
    mount.set_bench("wires", "adbus0 adbus1");
    std::atomic<bool> over = false;
    std::atomic<int> wrong_levels = 0;
    std::atomic<long> rounds = 0;
    std::vector<std::thread> workers;
    workers.emplace_back([&] {
        for (bool level = false; !over; level = !level) {
            const bool wrote = write_text(mount / "gpio512/value", level ? "1" : "0") == "ok";
            const std::string read = read_text(mount / "gpio513/value");
            const bool level_read = read == "0\n" || read == "1\n";
            wrong_levels += wrote && level_read && read != (level ? "1\n" : "0\n") ? 1 : 0;
            ++rounds;
        }
    });
    workers.emplace_back([&] {
        while (!over) {
            list(mount.path());
            read_text(mount / "gpiochip512/lines");
        }
    });
    for (int cycle = 0; cycle < 10; ++cycle) {
        write_text(mount / "export", "512");
        write_text(mount / "export", "513");
        write_text(mount / "gpio512/direction", "out");
        write_text(mount / "gpio513/edge", "both");
        const long before = rounds;
        CHECK(wait_until([&] { return rounds > before + 20; }));
        mount.set_bench("plugged", "0");
        mount.set_bench("plugged", "1");
    }
    over = true;
    for (auto& worker : workers) {
        worker.join();
    }
    // A level can only be wrong if the plug was pulled and put back between write and read.
    CHECK(wrong_levels <= 10);
    CHECK(list(mount / "gpiochip512").size() == 9);
    CHECK(mount.stop() == 0);
}

TEST_CASE("a virtual board that is sick while it is plugged in is tried again") {
    NEEDS_MOUNT();
    Mount mount({"-o", "timeout_ms=200", "--simulate", "FT232H"});
    mount.set_bench("plugged", "0");
    REQUIRE(read_text(mount / "gpiochip512/base") == "ENOENT");
    mount.set_bench("fault", "timeout -1");
    mount.set_bench("plugged", "1");
    CHECK(read_text(mount / "gpiochip512/base") == "ENOENT");
    mount.set_bench("fault", "0");
    CHECK(wait_until([&] { return read_text(mount / "gpiochip512/base") == "512\n"; }));
    CHECK(mount.stop() == 0);
}
