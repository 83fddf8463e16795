// SPDX-License-Identifier: MIT
#include "check/board_check.h"

#include "usb/fixture.h"

#include <doctest/doctest.h>

#include <atomic>
#include <cstdint>
#include <string>

namespace gpiofs::tests {
namespace {

TEST_CASE("--check goes through libusb, and gives the interface back to its driver") {
    for (const char* chip : {"FT2232H", "FT2232D"}) {
        CAPTURE(chip);
        Fixture fixture({.chip = chip});
        fixture.fake.chip().set_wires({{{0, 5}, {0, 6}}});
        check::Plan plan;
        plan.chip = mpsse::find_chip_type(fixture.board->info().bcd_device);
        REQUIRE(plan.chip != nullptr);
        plan.interfaces = {0};
        plan.open.deadline = in(patience);
        plan.wire = check::Wire{0, 5, 6};
        std::string text;
        check::Report report([&text](std::string_view line) { text += line; });
        const SystemClock clock;
        const std::atomic<bool> ended = false;
        check::BoardCheck(*fixture.board, plan, report, clock, ended).run("1.2.3");
        CAPTURE(text);
        CHECK(report.good());
        const auto has = [&text](const char* line) { return text.find(line) != std::string::npos; };
        CHECK(has("kernel_driver: ftdi_sio, detached\n"));
        CHECK(has("latency_timer_kept: yes\n"));
        CHECK(has("wire_toggles_seen: 200 of 200\n"));
        CHECK(has("left: in the chip's own mode\n"));
        CHECK_FALSE(has("FAKE1"));
        CHECK(fixture.fake.usbfs().driver(0) == "ftdi_sio");
        CHECK(fixture.fake.usbfs().counts().resets == 0);
    }
}

TEST_CASE("--check tells of a board that is unplugged meanwhile, and ends") {
    Fixture fixture;
    check::Plan plan;
    plan.chip = mpsse::find_chip_type(fixture.board->info().bcd_device);
    plan.interfaces = {0};
    plan.open.deadline = in(patience);
    std::string text;
    check::Report report([&](std::string_view line) {
        text += line;
        if (line.starts_with("latency_timer_kept")) {
            fixture.fake.unplug();
        }
    });
    const SystemClock clock;
    const std::atomic<bool> ended = false;
    check::BoardCheck(*fixture.board, plan, report, clock, ended).run("1.2.3");
    CHECK_FALSE(report.good());
    CHECK(text.find("SUSPICIOUS: failed: ") != std::string::npos);
}

}  // namespace
}  // namespace gpiofs::tests
