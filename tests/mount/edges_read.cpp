// SPDX-License-Identifier: MIT
#include "mount/virtual_boards.h"
#include "support/mount.h"
#include "support/poller.h"
#include "support/skip.h"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <poll.h>

using namespace gpiofs::test;
using namespace std::chrono_literals;

namespace {

constexpr short edge_events = POLLPRI | POLLERR;

/// Changes the pin, reads until the new level shows, and counts how often there is an event left.
/// Then the same for a file that has not read: it is woken each time.
void check_reader_and_sleeper(const std::string& usb, int rounds) {
    for (const std::string interval : {"0", "100", "1000"}) {
        CAPTURE(interval);
        Mount mount(virtual_board("FT232H", usb));
        mount.set_bench("adbus1/drive", "0");
        const auto line = mount.export_line(513);
        REQUIRE(write_text(mount / "gpiochip512/sample_interval_us", interval) == "ok");
        REQUIRE(write_text(line / "edge", "both") == "ok");
        const auto reader = open_file(line / "value", O_RDONLY);
        const auto other = open_file(line / "value", O_RDONLY);
        REQUIRE(read_at(reader.get(), 0) == "0\n");
        int woken_for_nothing = 0;
        int other_not_woken = 0;
        for (int i = 0; i < rounds; ++i) {
            const std::string level = i % 2 == 0 ? "1" : "0";
            REQUIRE(read_at(other.get(), 0).size() == 2);
            mount.set_bench("adbus1/drive", level);
            REQUIRE(wait_until([&] { return read_at(reader.get(), 0) == level + "\n"; }));
            woken_for_nothing += poll_once(reader.get(), edge_events, 30ms) == "timeout" ? 0 : 1;
            other_not_woken += poll_once(other.get(), edge_events, patience) == "PRI|ERR" ? 0 : 1;
            REQUIRE(read_at(other.get(), 0) == level + "\n");
        }
        CHECK(woken_for_nothing == 0);
        CHECK(other_not_woken == 0);
        CHECK(mount.stop() == 0);
    }
}

}  // namespace

TEST_CASE("a read that shows the new level clears its event, usb=instant") {
    NEEDS_MOUNT();
    check_reader_and_sleeper("instant", 60);
}

TEST_CASE("a read that shows the new level clears its event, usb=hs") {
    NEEDS_MOUNT();
    check_reader_and_sleeper("hs", 200);
}

TEST_CASE("a read that shows the new level clears its event, usb=fs") {
    NEEDS_MOUNT();
    check_reader_and_sleeper("fs", 60);
}

TEST_CASE("a read of the old level leaves the event of the next edge") {
    NEEDS_MOUNT();
    Mount mount(virtual_board("FT232H", "instant"));
    mount.set_bench("adbus1/drive", "0");
    const auto line = mount.export_line(513);
    REQUIRE(write_text(line / "edge", "both") == "ok");
    const auto reader = open_file(line / "value", O_RDONLY);
    for (int i = 0; i < 100; ++i) {
        const bool level = i % 2 == 0;
        REQUIRE(read_at(reader.get(), 0) == (level ? "0\n" : "1\n"));
        mount.set_bench("adbus1/drive", level ? "1" : "0");
        CHECK(poll_once(reader.get(), edge_events, patience) == "PRI|ERR");
    }
}
