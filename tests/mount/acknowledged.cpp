// SPDX-License-Identifier: MIT
#include "mount/sanitizer.h"
#include "mount/virtual_boards.h"
#include "support/mount.h"
#include "support/skip.h"

#include <doctest/doctest.h>

#include <chrono>
#include <fcntl.h>
#include <thread>

using namespace gpiofs::test;
using namespace std::chrono_literals;

namespace {

/// A board that streams because 513 is armed; 512 is the line that is written.
class StreamedNeighbour {
  public:
    StreamedNeighbour(const std::string& chip, const std::string& usb)
        : mount_(virtual_board(chip, usb)),
          line_(mount_.export_line(512)),
          armed_(mount_.export_line(513)) {
        REQUIRE(write_text(armed_ / "edge", "both") == "ok");
        REQUIRE(write_text(mount_ / "gpiochip512/sample_interval_us", "0") == "ok");
        direction_ = open_file(line_ / "direction", O_RDWR);
        value_ = open_file(line_ / "value", O_RDWR);
        REQUIRE(direction_);
        REQUIRE(value_);
    }

    Mount& mount() noexcept { return mount_; }

    /// Makes the line an output, toggles it and makes it an input again; each write is read back
    /// at once. The first answer that is wrong, or nothing.
    std::string write_and_read_back() const {
        struct Step {
            int file;
            const char* text;
            const char* direction;
            const char* value;
        };
        const int direction = direction_.get();
        const int value = value_.get();
        for (const Step& step :
             {Step{direction, "out", "out\n", "0\n"}, Step{value, "1", "out\n", "1\n"},
              Step{value, "0", "out\n", "0\n"}, Step{direction, "high", "out\n", "1\n"},
              Step{direction, "low", "out\n", "0\n"}, Step{direction, "in", "in\n", nullptr}}) {
            const std::string written = write_at_start(step.file, step.text);
            const std::string direction_read = read_at(direction, 0);
            const std::string value_read = step.value == nullptr ? "" : read_at(value, 0);
            if (written != "ok" || direction_read != step.direction ||
                (step.value != nullptr && value_read != step.value)) {
                return fmt::format("'{}': {}, then direction '{}', value '{}'", step.text, written,
                                   direction_read, value_read);
            }
        }
        const std::string refused = write_at_start(value, "1");
        return refused == "EPERM" ? "" : "a write to the value of an input: " + refused;
    }

  private:
    Mount mount_;
    fs::path line_;
    fs::path armed_;
    gpiofs::UniqueFd direction_;
    gpiofs::UniqueFd value_;
};

void check_reading_back(const std::string& usb) {
    constexpr int rounds = 60;
    for (const std::string chip : simulated_chips) {
        if (!can_be(chip, usb)) {
            continue;
        }
        CAPTURE(chip);
        StreamedNeighbour board(chip, usb);
        int wrong = 0;
        std::string first_wrong;
        for (int i = 0; i < rounds; ++i) {
            const std::string answer = board.write_and_read_back();
            wrong += answer.empty() ? 0 : 1;
            first_wrong = first_wrong.empty() ? answer : first_wrong;
        }
        CAPTURE(first_wrong);
        CHECK(wrong == 0);
        // What was told during the stream is still true after it.
        CHECK(write_text(board.mount() / "gpio512/direction", "high") == "ok");
        CHECK(write_text(board.mount() / "gpio513/edge", "none") == "ok");
        CHECK(read_text(board.mount() / "gpio512/direction") == "out\n");
        CHECK(read_text(board.mount() / "gpio512/value") == "1\n");
        CHECK(board.mount().bench("adbus0/level") == "1");
        CHECK(board.mount().stop() == 0);
    }
}

/// Growth of the daemon's resident memory in this time, once it has all that it needs.
long growth_kib(StreamedNeighbour& board, bool writing, std::chrono::milliseconds time) {
    const auto stream_for = [&](std::chrono::milliseconds limit) {
        const auto end = std::chrono::steady_clock::now() + limit;
        while (std::chrono::steady_clock::now() < end) {
            if (writing) {
                board.write_and_read_back();
            }
            std::this_thread::sleep_for(1ms);
        }
    };
    stream_for(300ms);
    const long before = board.mount().resident_kib();
    stream_for(time);
    return board.mount().resident_kib() - before;
}

}  // namespace

TEST_CASE("streaming: what a write acknowledged is read back at once, usb=instant") {
    NEEDS_MOUNT();
    check_reading_back("instant");
}

TEST_CASE("streaming: what a write acknowledged is read back at once, usb=hs") {
    NEEDS_MOUNT();
    check_reading_back("hs");
}

TEST_CASE("streaming: what a write acknowledged is read back at once, usb=fs") {
    NEEDS_MOUNT();
    check_reading_back("fs");
}

TEST_CASE("streaming: the daemon's memory does not grow, with and without writers") {
    NEEDS_MOUNT();
    if (sanitizers != "") {
        SKIP_TEST("sanitizers use memory of their own");
    }
    constexpr long limit_kib = 2048;
    for (const std::string usb : usb_speeds) {
        for (const std::string chip : simulated_chips) {
            if (!can_be(chip, usb)) {
                continue;
            }
            CAPTURE(usb);
            CAPTURE(chip);
            StreamedNeighbour board(chip, usb);
            CHECK(growth_kib(board, false, 1s) < limit_kib);
            CHECK(growth_kib(board, true, 1s) < limit_kib);
        }
    }
    StreamedNeighbour longer("FT232H", "instant");
    CHECK(growth_kib(longer, true, 5s) < limit_kib);
}
