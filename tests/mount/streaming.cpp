// SPDX-License-Identifier: MIT
#include "events_board.h"
#include "mount/virtual_boards.h"
#include "support/poller.h"
#include "support/skip.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cerrno>
#include <poll.h>
#include <sstream>
#include <thread>

using namespace gpiofs::test;
using namespace std::chrono_literals;

namespace {

/// A board on a modelled bus whose line 513 is streamed.
class StreamedBoard {
  public:
    StreamedBoard()
        : mount_({"--board", "sim:FT232H,usb=hs,engine_ns=2000,sample_interval_us=0"}),
          line_(mount_.export_line(513)) {
        drive(false);
        REQUIRE(write_text(line_ / "edge", "both") == "ok");
    }

    Mount& mount() noexcept { return mount_; }
    const fs::path& line() const noexcept { return line_; }
    fs::path chip() const { return mount_ / "gpiochip512"; }
    void drive(bool level) const { mount_.set_bench("adbus1/drive", level ? "1" : "0"); }
    /// A number of sampling_stats; -1 if there is none.
    long long achieved(const std::string& name) const {
        std::istringstream words(read_text(chip() / "sampling_stats"));
        std::string word;
        for (long long value = 0; words >> word >> value;) {
            if (word == name) {
                return value;
            }
        }
        return -1;
    }
    bool streams() const { return achieved("samples") > 100; }

  private:
    Mount mount_;
    fs::path line_;
};

}  // namespace

TEST_CASE("streaming: pulses far shorter than any interval are seen, and the others served") {
    NEEDS_MOUNT();
    StreamedBoard board;
    const auto events = open_file(board.line() / "events", O_RDONLY | O_NONBLOCK);
    read_to_end(events.get());
    REQUIRE(wait_until([&] { return board.streams(); }));
    const auto output = board.mount().export_line(514);
    constexpr int pulses = 50;
    int missed = 0;
    for (int i = 0; i < pulses; ++i) {
        board.mount().set_bench("adbus1/pulse", "300");
        // What is read now is answered by samples later than the pulse.
        REQUIRE(wait_until([&] { return board.mount().bench("adbus1/level") == "0"; }));
        CHECK(read_text(board.line() / "value") == "0\n");
        const std::string seen = edge_words(read_to_end(events.get()));
        missed += seen.empty() ? 1 : 0;
        CHECK((seen.empty() || seen == "rising falling"));
        CHECK(write_text(output / "direction", i % 2 == 0 ? "high" : "low") == "ok");
        CHECK(board.mount().bench("adbus2/level") == (i % 2 == 0 ? "1" : "0"));
    }
    // A machine that is busy with something else may starve the stream, which then knows it.
    CHECK(missed <= board.achieved("overruns"));
    CHECK(missed < pulses);
    CHECK(board.achieved("rate_hz") > 1000);
    CHECK(board.achieved("largest_gap_ns") > 0);
    CHECK(board.achieved("overruns") >= 0);
    CHECK(board.mount().stop() == 0);
}

TEST_CASE("streaming: a reader never sees the past") {
    NEEDS_MOUNT();
    StreamedBoard board;
    REQUIRE(wait_until([&] { return board.streams(); }));
    const auto value = open_file(board.line() / "value", O_RDONLY);
    for (int i = 0; i < 200; ++i) {
        board.drive(i % 2 == 0);
        REQUIRE(read_at(value.get(), 0) == (i % 2 == 0 ? "1\n" : "0\n"));
    }
}

TEST_CASE("streaming: the interval is changed while lines are armed, and ends with them") {
    NEEDS_MOUNT();
    StreamedBoard board;
    const auto interval = board.chip() / "sample_interval_us";
    const auto value = open_file(board.line() / "value", O_RDONLY);
    for (const std::string text : {"0", "1", "1000", "0"}) {
        CAPTURE(text);
        REQUIRE(write_text(interval, text) == "ok");
        CHECK(read_text(interval) == text + "\n");
        REQUIRE(wait_until([&] { return board.achieved("samples") > 1; }));
        CHECK(board.mount().threads_named("poll") == 1);
        for (const bool level : {true, false}) {
            read_at(value.get(), 0);
            board.drive(level);
            CHECK(poll_once(value.get(), POLLPRI | POLLERR, patience) == "PRI|ERR");
        }
    }
    for (const std::string text : {"-1", "4294967296", "soon"}) {
        CAPTURE(text);
        CHECK(write_text(interval, text) != "ok");
        CHECK(read_text(interval) == "0\n");
    }
    REQUIRE(write_text(board.line() / "edge", "none") == "ok");
    REQUIRE(wait_until([&] { return board.mount().threads_named("poll") == 0; }));
    const long before = board.mount().counter("out_transfers");
    std::this_thread::sleep_for(50ms);
    CHECK(board.mount().counter("out_transfers") == before);
}

TEST_CASE("streaming: faults give their errno once they end it, and it goes on by itself") {
    NEEDS_MOUNT();
    StreamedBoard board;
    REQUIRE(wait_until([&] { return board.streams(); }));
    for (const std::string fault :
         {"timeout 3", "stall 2", "short 1", "status-only 20", "nak 2", "garbage 3"}) {
        CAPTURE(fault);
        board.mount().set_bench("fault", fault);
        REQUIRE(wait_until([&] {
            const std::string text = read_text(board.line() / "value");
            return text == "0\n";
        }));
        const long long before = board.achieved("samples");
        CHECK(wait_until([&] { return board.achieved("samples") > before; }));
    }
    CHECK(board.mount().stop() == 0);
}

TEST_CASE("streaming: unplug wakes who polls, leaves nothing running, and replug starts anew") {
    NEEDS_MOUNT();
    StreamedBoard board;
    REQUIRE(wait_until([&] { return board.streams(); }));
    for (int round = 0; round < 3; ++round) {
        const auto value = open_file(board.line() / "value", O_RDONLY);
        read_at(value.get(), 0);
        auto woken = poll_in_background(value.get());
        REQUIRE(wait_for_sleepers(1));
        board.mount().set_bench("plugged", "0");
        CHECK(woken.get() == "PRI|ERR");
        CHECK(read_at(value.get(), 0) == "ENODEV");
        CHECK(wait_until([&] { return board.mount().threads_named("poll") == 0; }));
        board.mount().set_bench("plugged", "1");
        REQUIRE(wait_until([&] { return fs::exists(board.chip()); }));
        REQUIRE(board.mount().export_line(513) == board.line());
        REQUIRE(write_text(board.line() / "edge", "both") == "ok");
        REQUIRE(wait_until([&] { return board.streams(); }));
    }
    CHECK(board.mount().stop() == 0);
}

TEST_CASE("streaming: statistics begin anew with the interval, without what the stream still had") {
    NEEDS_MOUNT();
    for (const std::string usb : usb_speeds) {
        CAPTURE(usb);
        Mount mount(virtual_board("FT232H", usb));
        const auto chip = mount / "gpiochip512";
        REQUIRE(write_text(mount.export_line(513) / "edge", "both") == "ok");
        int too_many = 0;
        std::string stats;
        for (int i = 0; i < 20; ++i) {
            REQUIRE(write_text(chip / "sample_interval_us", "0") == "ok");
            std::this_thread::sleep_for(20ms);
            const auto start = std::chrono::steady_clock::now();
            REQUIRE(write_text(chip / "sample_interval_us", "1000") == "ok");
            std::this_thread::sleep_for(i * 500us);
            stats = read_text(chip / "sampling_stats");
            const auto passed = std::chrono::steady_clock::now() - start;
            long samples = -1;
            std::istringstream(stats.substr(std::string("samples").size())) >> samples;
            REQUIRE(samples >= 0);
            // One at the beginning, and one each interval since.
            too_many += samples > 1 + passed / 1ms ? 1 : 0;
        }
        CAPTURE(stats);
        CHECK(too_many == 0);
        REQUIRE(write_text(chip / "sample_interval_us", "0") == "ok");
        std::this_thread::sleep_for(300ms);
        REQUIRE(write_text(chip / "sample_interval_us", "1000") == "ok");
        long rate_hz = -1;
        REQUIRE(wait_until([&] {
            std::istringstream words(read_text(chip / "sampling_stats"));
            std::string name;
            long samples = 0;
            words >> name >> samples >> name >> rate_hz;
            return samples >= 100;
        }));
        CHECK(rate_hz > 100);
        CHECK(rate_hz <= 1100);
        CHECK(mount.stop() == 0);
    }
}
