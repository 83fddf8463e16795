// SPDX-License-Identifier: MIT
#include "mount/armed_poller.h"
#include "support/mount.h"
#include "support/poller.h"
#include "support/skip.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/mount.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>

using namespace gpiofs::test;

TEST_CASE("SIGTERM, SIGINT and SIGHUP with pollers waiting: woken, unmounted, status 0") {
    NEEDS_MOUNT();
    for (const int number : {SIGTERM, SIGINT, SIGHUP}) {
        CAPTURE(number);
        Mount mount({"--simulate", "FT232H"});
        ArmedPoller poller(mount.export_line(513));
        mount.process().signal(number);
        CHECK(poller.woken() == "PRI|ERR");
        CHECK(poller.reads() == "ENODEV");
        CHECK(mount.process().wait() == 0);
        CHECK(poller.reads() == "ENOTCONN");
        CHECK_FALSE(is_mounted(mount.path()));
        CHECK(list(mount.path()).empty());
    }
}

TEST_CASE("files and folders that are open at the end are let go of") {
    NEEDS_MOUNT();
    Mount mount({"--simulate", "FT232H"});
    const auto file = open_file(mount.export_line(513) / "value", O_RDONLY);
    REQUIRE(read_at(file.get(), 0) == "1\n");
    fs::directory_iterator folder(mount.path());
    REQUIRE(folder != fs::directory_iterator());
    CHECK(mount.stop() == 0);  // the leak sanitizer has its say in it
}

TEST_CASE("umount ends the program, with a file open it is busy, lazily it goes on until closed") {
    NEEDS_MOUNT();
    Mount mount({"--simulate", "FT232H"});
    const auto line = mount.export_line(513);
    auto fd = open_file(line / "value", O_RDONLY);
    CHECK(::umount2(mount.path().c_str(), 0) == -1);
    CHECK(errno == EBUSY);
    CHECK(::umount2(mount.path().c_str(), MNT_DETACH) == 0);
    CHECK(read_at(fd.get(), 0) == "1\n");
    CHECK(mount.process().running());
    fd.reset();
    CHECK(mount.process().wait() == 0);
}

TEST_CASE("a mount left by a killed program is cleared, a live one and others are respected") {
    NEEDS_MOUNT();
    Mount mount({"--simulate", "FT232H"});
    const auto again = run({GPIOFS_PROGRAM, "--simulate", "FT232H", mount.path()});
    CHECK(again.status == 1);
    CHECK(again.err.find("in use by another mpsse-gpiofs") != std::string::npos);
    CHECK(list(mount.path()).size() == 5);
    mount.process().signal(SIGKILL);
    mount.process().wait();
    CHECK(list(mount.path()) == std::vector<std::string>{"ENOTCONN"});
    const auto cleared = run({GPIOFS_PROGRAM, "--simulate", "FT232H", mount.path()});
    CHECK(cleared.status == 0);
    CHECK(list(mount.path()).size() == 5);
    CHECK(::umount2(mount.path().c_str(), 0) == 0);
    CHECK_FALSE(is_mounted(mount.path()));
}

TEST_CASE("in the background the parent returns when the mount answers") {
    NEEDS_MOUNT();
    const TemporaryFolder folder;
    const auto started = shell(fmt::format("cd {} && mkdir m && {} --simulate FT232H m",
                                           folder.path().string(), GPIOFS_PROGRAM));
    CHECK(started.status == 0);
    CHECK(read_text(folder.path() / "m/gpiochip512/base") == "512\n");
    CHECK(::umount2((folder.path() / "m").c_str(), 0) == 0);
}

TEST_CASE("exit_on_unplug: the last board's departure unmounts and ends with 0") {
    NEEDS_MOUNT();
    Mount mount({"--simulate", "FT232H", "--simulate", "FT2232H", "-o", "exit_on_unplug"});
    CHECK(write_text(mount / "sim/1/plugged", "0") == "ok");
    CHECK(mount.process().running());
    const auto line = mount.export_line(513);
    REQUIRE(write_text(line / "edge", "both") == "ok");
    const auto armed = open_file(line / "value", O_RDONLY);
    const auto quiet = open_file(mount.export_line(514) / "value", O_RDONLY);
    REQUIRE(read_at(armed.get(), 0) == "1\n");
    REQUIRE(read_at(quiet.get(), 0) == "1\n");
    auto armed_woken = poll_in_background(armed.get());
    auto quiet_woken = poll_in_background(quiet.get());
    REQUIRE(wait_for_sleepers(2));
    CHECK(write_text(mount / "sim/0/plugged", "0") == "ok");
    CHECK(armed_woken.get() == "PRI|ERR");
    CHECK(quiet_woken.get() == "PRI|ERR");
    CHECK(read_at(armed.get(), 0) == "ENODEV");
    CHECK(read_at(quiet.get(), 0) == "ENODEV");
    CHECK(mount.process().wait() == 0);
    CHECK_FALSE(is_mounted(mount.path()));
}

TEST_CASE("at the end the place is free at once, whoever still has a file open") {
    NEEDS_MOUNT();
    Mount mount({"--simulate", "FT232H"});
    const auto held = open_file(mount.export_line(513) / "value", O_RDONLY);
    mount.process().signal(SIGTERM);
    CHECK(wait_until([&] { return !is_mounted(mount.path()); }));
    const auto next = run({GPIOFS_PROGRAM, "--simulate", "FT232H", mount.path()});
    CHECK(next.status == 0);
    CHECK(mount.process().wait() == 0);
    // The end of the first takes nothing from the second.
    CHECK(read_text(mount / "gpiochip512/base") == "512\n");
    CHECK(::umount2(mount.path().c_str(), 0) == 0);
}

TEST_CASE("root's program keeps the privileges it needs, in every thread") {
    NEEDS_MOUNT();
    Mount mount({"--simulate", "FT232H"});
    mount.export_line(513);
    // Capabilities 1, 2 and 21, of which this test itself may have fewer.
    const auto mask = [](const std::string& status, const char* set) {
        return std::stoull(status.substr(status.find(set) + std::strlen(set)), nullptr, 16);
    };
    const auto own = read_text("/proc/self/status");
    const auto tasks = fmt::format("/proc/{}/task", mount.process().pid());
    std::size_t threads = 0;
    for (const auto& task : fs::directory_iterator(tasks)) {
        const auto status = read_text(task.path() / "status");
        for (const char* set : {"CapPrm:", "CapEff:", "CapBnd:"}) {
            CAPTURE(set);
            CHECK(mask(status, set) == (mask(own, set) & 0x200006U));
        }
        CHECK(status.find("NoNewPrivs:\t1\n") != std::string::npos);
        ++threads;
    }
    CHECK(threads >= 2);
}

TEST_CASE("one thread is enough for one board") {
    NEEDS_MOUNT();
    Mount mount({"-s", "--simulate", "FT232H"});
    mount.set_bench("wires", "adbus0 adbus1");
    REQUIRE(write_text(mount.export_line(512) / "direction", "low") == "ok");
    const auto line = mount.export_line(513);
    REQUIRE(write_text(line / "edge", "both") == "ok");
    const auto fd = open_file(line / "value", O_RDONLY);
    REQUIRE(read_at(fd.get(), 0) == "0\n");
    auto woken = poll_in_background(fd.get());
    REQUIRE(wait_for_sleepers(1));
    CHECK(write_text(mount / "gpio512/value", "1") == "ok");
    CHECK(woken.get() == "PRI|ERR");
    CHECK(mount.stop() == 0);
}

TEST_CASE("a signal ends the opening of a silent board, with one line and nothing mounted") {
    NEEDS_MOUNT();
    // Its engine takes four seconds for a command, and there are more than eight in a start.
    const std::vector<std::string> command = {GPIOFS_PROGRAM, "-o", "timeout_ms=60000",
                                              "--simulate", "FT232H,engine_ns=4000000000"};
    const auto waits_for_signals = [](const std::string& pid) {
        for (const auto& task : list("/proc/" + pid + "/task")) {
            if (read_text("/proc/" + pid + "/task/" + task + "/comm") == "signals\n") {
                return true;
            }
        }
        return false;
    };
    const TemporaryFolder folder;
    const fs::path place = folder.path() / "mnt";
    fs::create_directory(place);
    for (const bool foreground : {true, false}) {
        CAPTURE(foreground);
        auto words = command;
        if (foreground) {
            words.emplace_back("-f");
        }
        words.push_back(place);
        const fs::path log = folder.path() / (foreground ? "foreground" : "background");
        Process process(words, log);
        std::string pid = std::to_string(process.pid());
        if (!foreground) {
            const std::string children = "/proc/" + pid + "/task/" + pid + "/children";
            REQUIRE(wait_until([&] { return !read_text(children).empty(); }));
            pid = read_text(children);
            pid.resize(pid.find_first_of(" \n"));
        }
        REQUIRE(wait_until([&] { return waits_for_signals(pid); }));
        REQUIRE(::kill(std::stoi(pid), SIGTERM) == 0);
        CHECK(process.wait() == (foreground ? 0 : 1));
        const std::string said = read_text(log);
        CHECK(std::count(said.begin(), said.end(), '\n') == 1);
        CHECK(said.find("ended by a signal") != std::string::npos);
        CHECK_FALSE(is_mounted(place));
    }
}
