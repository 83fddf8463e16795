// SPDX-License-Identifier: MIT
#include "sanitizer.h"
#include "support/mount.h"
#include "support/skip.h"

#include <doctest/doctest.h>

#include <chrono>
#include <sstream>
#include <thread>

using namespace gpiofs::test;

namespace {

/// Lets five seconds pass: what is tested is that nothing happens in them.
void let_time_pass() { std::this_thread::sleep_for(std::chrono::seconds(5)); }

}  // namespace

TEST_CASE("with nothing armed no transfer is made and no thread wakes up") {
    NEEDS_MOUNT();
    if (sanitizers == "thread") {
        SKIP_TEST("the thread sanitizer has a thread of its own that wakes up");
    }
    Mount mount({"--simulate", "FT232H"});
    const auto line = mount.export_line(513);
    REQUIRE(write_text(line / "edge", "both") == "ok");
    REQUIRE(mount.threads_named("poll") == 1);
    REQUIRE(write_text(line / "edge", "none") == "ok");
    REQUIRE(wait_until([&] { return mount.threads_named("poll") == 0; }));
    // Reading the counters is itself work for the daemon, so it goes around the quiet time.
    const std::string counters = read_text(mount / "sim/0/counters");
    long before = mount.context_switches();
    REQUIRE(wait_until([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
        const long now = mount.context_switches();
        const bool quiet = now == before;
        before = now;
        return quiet;
    }));
    let_time_pass();
    CHECK(mount.context_switches() == before);
    CHECK(read_text(mount / "sim/0/counters") == counters);
    CHECK(mount.stop() == 0);
}

TEST_CASE("each kind of access costs the transfers it must and no more") {
    NEEDS_MOUNT();
    Mount mount({"--simulate", "FT232H"});
    const auto line = mount.export_line(513);
    struct Cost {
        long out;
        long in;
        long control;
        bool operator==(const Cost&) const = default;
    };
    const auto cost_of = [&](const auto& access) {
        const Cost before{mount.counter("out_transfers"), mount.counter("in_transfers"),
                          mount.counter("control_transfers")};
        access();
        return Cost{mount.counter("out_transfers") - before.out,
                    mount.counter("in_transfers") - before.in,
                    mount.counter("control_transfers") - before.control};
    };
    const auto write = [&](const char* file, const char* text) {
        REQUIRE(write_text(line / file, text) == "ok");
    };
    CHECK(cost_of([&] { read_text(line / "value"); }) == Cost{1, 1, 0});
    CHECK(cost_of([&] { read_text(mount / "gpiochip512/lines"); }) == Cost{1, 1, 0});
    // A write a second after the last answer waits for another.
    const auto cost_after_read = [&](const char* file, const char* text) {
        while (true) {
            const auto begin = std::chrono::steady_clock::now();
            read_text(line / "value");
            const Cost cost = cost_of([&] { write(file, text); });
            if (std::chrono::steady_clock::now() - begin < std::chrono::seconds(1)) {
                return cost;
            }
        }
    };
    CHECK(cost_after_read("direction", "high") == Cost{1, 0, 0});
    CHECK(cost_after_read("value", "0") == Cost{1, 0, 0});
    CHECK(cost_after_read("direction", "in") == Cost{1, 0, 0});
    CHECK(cost_of([&] { read_text(line / "direction"); }) == Cost{0, 0, 0});
    CHECK(cost_of([&] { write("active_low", "1"); }) == Cost{0, 0, 0});
    CHECK(cost_of([&] { write_text(mount / "export", "520"); }) == Cost{0, 0, 0});
    CHECK(cost_of([&] { list(mount.path()); }) == Cost{0, 0, 0});
}

TEST_CASE("the program stays under 10 MiB with a board in use") {
    NEEDS_MOUNT();
    if (sanitizers != "") {
        SKIP_TEST("sanitizers use memory of their own");
    }
    Mount mount({"--simulate", "FT232H"});
    const auto line = mount.export_line(513);
    REQUIRE(write_text(line / "edge", "both") == "ok");
    for (int i = 0; i < 1000; ++i) {
        REQUIRE(read_text(line / "value") == "1\n");
    }
    CHECK(mount.resident_kib() < 10 * 1024);
}
