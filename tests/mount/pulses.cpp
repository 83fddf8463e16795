// SPDX-License-Identifier: MIT
#include "events_board.h"
#include "mount/virtual_boards.h"
#include "support/skip.h"

#include <doctest/doctest.h>

#include <future>
#include <utility>

using namespace gpiofs::test;

namespace {

/// Outputs 512 and 514, each wired to the armed input above it.
class WiredBoard {
  public:
    WiredBoard(const std::string& usb, const std::string& interval)
        : mount_(virtual_board("FT232H", usb)) {
        mount_.set_bench("wires", "adbus0 adbus1");
        mount_.set_bench("wires", "adbus2 adbus3");
        for (const unsigned output : {512U, 514U}) {
            REQUIRE(write_text(mount_.export_line(output) / "direction", "low") == "ok");
            mount_.export_line(output + 1);
        }
        REQUIRE(write_text(mount_ / "gpiochip512/sample_interval_us", interval) == "ok");
        counted_before_ = {counted(1), counted(3)};
        for (const unsigned input : {513U, 515U}) {
            REQUIRE(write_text(line(input) / "edge", "both") == "ok");
        }
    }

    fs::path line(unsigned number) const { return mount_ / fmt::format("gpio{}", number); }
    Mount& mount() noexcept { return mount_; }
    /// Edges of the inputs 513 and 515 since they were armed, as the bench counts them.
    std::pair<long, long> edges() const {
        return {counted(1) - counted_before_.first, counted(3) - counted_before_.second};
    }

    /// Pulses an output, one write after the other, and reads the events of its input often enough
    /// to miss none. What is wrong with them, or nothing.
    std::string pulse(unsigned output, int pulses) const {
        const auto value = open_file(line(output) / "value", O_WRONLY);
        const auto events = open_file(line(output + 1) / "events", O_RDONLY | O_NONBLOCK);
        std::string text;
        for (int i = 1; i <= pulses; ++i) {
            for (const char* level : {"1", "0"}) {
                const std::string written = write_at_start(value.get(), level);
                if (written != "ok") {
                    return fmt::format("pulse {}: write: {}", i, written);
                }
            }
            if (i % 100 == 0) {
                text += read_to_end(events.get());
            }
        }
        // The writer does not wait for the sample that its last write has brought along.
        const auto wanted = 2 * static_cast<std::size_t>(pulses);
        wait_until(
            [&] {
                text += read_to_end(events.get());
                return edges_told(text) >= wanted;
            },
            std::chrono::seconds(2));
        const auto edges = parse_edges(text);
        for (std::size_t i = 0; i < edges.size(); ++i) {
            const std::string expected = i % 2 == 0 ? "rising" : "falling";
            if (edges[i].edge != expected || edges[i].lost != 0 ||
                (i != 0 && edges[i].nanoseconds <= edges[i - 1].nanoseconds)) {
                return fmt::format("edge {}: {} {} {}", i, edges[i].nanoseconds, edges[i].edge,
                                   edges[i].lost);
            }
        }
        return edges.size() == wanted ? "" : fmt::format("{} of {} edges", edges.size(), wanted);
    }

  private:
    long counted(int pin) const {
        return std::stol(mount_.bench(fmt::format("adbus{}/edges", pin)));
    }

    Mount mount_;
    std::pair<long, long> counted_before_;
};

void check_pulses(const std::string& usb, int short_form) {
    for (const std::string interval : {"0", "1000", "100000"}) {
        CAPTURE(interval);
        WiredBoard board(usb, interval);
        const int pulses = count_of(short_form, 10'000);
        CHECK(board.pulse(512, pulses) == "");
        CHECK(board.edges().first == 2 * pulses);
        CHECK(board.mount().stop() == 0);
    }
}

}  // namespace

TEST_CASE("a program that pulses a wired line sees its own edges, usb=instant") {
    NEEDS_MOUNT();
    check_pulses("instant", 500);
}

TEST_CASE("a program that pulses a wired line sees its own edges, usb=hs") {
    NEEDS_MOUNT();
    check_pulses("hs", 500);
}

TEST_CASE("a program that pulses a wired line sees its own edges, usb=fs") {
    NEEDS_MOUNT();
    check_pulses("fs", 200);
}

TEST_CASE("two programs that pulse wired lines at once each see their own edges") {
    NEEDS_MOUNT();
    for (const std::string usb : usb_speeds) {
        for (const std::string interval : {"0", "1000", "100000"}) {
            CAPTURE(usb);
            CAPTURE(interval);
            WiredBoard board(usb, interval);
            const int pulses = count_of(200, 10'000);
            auto other = std::async(std::launch::async, [&] { return board.pulse(514, pulses); });
            CHECK(board.pulse(512, pulses) == "");
            CHECK(other.get() == "");
            CHECK(board.edges() == std::pair<long, long>(2 * pulses, 2 * pulses));
        }
    }
}

TEST_CASE("a change of direction that moves an armed wired line is seen as well") {
    NEEDS_MOUNT();
    WiredBoard board("hs", "100000");
    const auto events = open_file(board.line(513) / "events", O_RDONLY | O_NONBLOCK);
    std::string text;
    for (int i = 0; i < 50; ++i) {
        REQUIRE(write_text(board.line(512) / "direction", "high") == "ok");
        REQUIRE(write_text(board.line(512) / "direction", "low") == "ok");
    }
    CHECK(wait_until(
        [&] {
            text += read_to_end(events.get());
            return edges_told(text) >= 100;
        },
        std::chrono::seconds(2)));
    const auto edges = parse_edges(text);
    CHECK(edges.size() == 100);
    CHECK(edge_words(text).find('+') == std::string::npos);
}
