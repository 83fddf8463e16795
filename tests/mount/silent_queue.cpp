// SPDX-License-Identifier: MIT
#include "mount/virtual_boards.h"
#include "sanitizer.h"
#include "support/mount.h"
#include "support/skip.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <future>
#include <thread>

using namespace gpiofs::test;
using namespace std::chrono_literals;

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto deadline = 1500ms;
/// An access that comes after a time-out is answered after this time at most.
constexpr auto further = 100ms;
/// For a machine that is busy with something else.
constexpr auto slack = 1200ms;
static_assert(further + slack < deadline, "or a wait of one's own could not be told");

class SilentBoard {
  public:
    SilentBoard() : mount_({"-o", "timeout_ms=1500", "--simulate", "FT232H"}) {
        for (const unsigned number : {512U, 513U}) {
            const auto line = mount_.export_line(number);
            REQUIRE(write_text(line / "direction", "out") == "ok");
        }
        mount_.export_line(514);
        mount_.set_bench("fault", "timeout -1");
    }
    Mount& mount() noexcept { return mount_; }

  private:
    Mount mount_;
};

struct Answer {
    std::string text;
    std::chrono::milliseconds after{};
};

Answer timed(const std::function<std::string()>& access, Clock::time_point start = Clock::now()) {
    std::string text = access();
    return {std::move(text),
            std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start)};
}

/// All at the same time, counted from there; in the order in which they were answered.
std::vector<Answer> all_at_once(const std::vector<std::function<std::string()>>& accesses) {
    const auto start = Clock::now();
    std::vector<std::future<Answer>> running;
    for (const auto& access : accesses) {
        running.push_back(std::async(std::launch::async, timed, access, start));
    }
    std::vector<Answer> answers;
    for (auto& one : running) {
        answers.push_back(one.get());
    }
    std::sort(answers.begin(), answers.end(),
              [](const Answer& one, const Answer& other) { return one.after < other.after; });
    return answers;
}

}  // namespace

TEST_CASE("silent board: writers of one file do not each wait for a deadline of their own") {
    NEEDS_MOUNT();
    for (const int writers : {3, 12}) {
        CAPTURE(writers);
        SilentBoard board;
        const std::vector<std::function<std::string()>> accesses(
            static_cast<std::size_t>(writers),
            [&] { return write_text(board.mount() / "gpio512/value", "1"); });
        const auto answers = all_at_once(accesses);
        for (std::size_t i = 0; i < answers.size(); ++i) {
            CAPTURE(i);
            CHECK(answers[i].text == "ETIMEDOUT");
            CHECK(answers[i].after < deadline + i * further + slack);
        }
        CHECK(answers.front().after >= deadline - 10ms);
    }
}

TEST_CASE("silent board: reads and writes of different files are answered together") {
    NEEDS_MOUNT();
    SilentBoard board;
    const auto& tree = board.mount();
    const auto answers =
        all_at_once({[&] { return write_text(tree / "gpio512/value", "1"); },
                     [&] { return write_text(tree / "gpio513/value", "1"); },
                     [&] { return write_text(tree / "gpio513/direction", "high"); },
                     [&] { return write_text(tree / "gpio514/direction", "in"); },
                     [&] { return write_text(tree / "gpio514/edge", "both"); },
                     [&] { return read_text(tree / "gpio512/value"); },
                     [&] { return read_text(tree / "gpio514/value"); },
                     [&] { return read_text(tree / "chip0/gpio2/value"); },
                     [&] { return read_text(tree / "gpiochip512/lines"); }});
    for (const auto& answer : answers) {
        CHECK(answer.text == "ETIMEDOUT");
        CHECK(answer.after < deadline + further + slack);
    }
}

TEST_CASE("silent board: after a time-out the next accesses do not wait for the whole deadline") {
    NEEDS_MOUNT();
    SilentBoard board;
    const auto read = [&] { return read_text(board.mount() / "gpio514/value"); };
    const auto write = [&] { return write_text(board.mount() / "gpio512/value", "1"); };
    CHECK(timed(read).text == "ETIMEDOUT");
    for (int i = 0; i < 5; ++i) {
        for (const auto& access : {timed(read), timed(write)}) {
            CHECK(access.text == "ETIMEDOUT");
            CHECK(access.after < further + slack);
        }
    }
    // It answers again, and so does the next access: nobody has tried meanwhile.
    board.mount().set_bench("fault", "0");
    std::this_thread::sleep_for(1s);
    const auto recovered = timed(read);
    CHECK(recovered.text == "1\n");
    CHECK(recovered.after < deadline);
    CHECK(timed(write).text == "ok");
    CHECK(board.mount().stop() == 0);
}

TEST_CASE("silent board: recovery rests after ten seconds, and the next access tries again") {
    NEEDS_MOUNT();
    SilentBoard board;
    const auto read = [&] { return read_text(board.mount() / "gpio514/value"); };
    REQUIRE(read() == "ETIMEDOUT");
    std::this_thread::sleep_for(10s + deadline + 500ms);
    const auto switches_in_a_second = [&] {
        const long before = board.mount().context_switches();
        std::this_thread::sleep_for(1s);
        return board.mount().context_switches() - before;
    };
    if (sanitizers != "thread") {  // whose own thread wakes up ten times a second
        CHECK(switches_in_a_second() < 5);
    }
    const auto asked_again = timed(read);
    CHECK(asked_again.text == "ETIMEDOUT");
    CHECK(asked_again.after < deadline + slack);
    board.mount().set_bench("fault", "0");
    CHECK(wait_until([&] { return read() == "1\n"; }, 1s));
    CHECK(board.mount().stop() == 0);
}

TEST_CASE("silent board: fault after fault, accesses work again a moment after each has ended") {
    NEEDS_MOUNT();
    SilentBoard board;
    for (int round = 0; round < 5; ++round) {
        board.mount().set_bench("fault", "timeout -1");
        CHECK(read_text(board.mount() / "gpio514/value") == "ETIMEDOUT");
        board.mount().set_bench("fault", "0");
        const auto level = round % 2 == 0 ? "1" : "0";
        CHECK(wait_until([&] { return write_text(board.mount() / "gpio512/value", level) == "ok"; },
                         1s));
        CHECK(board.mount().bench("adbus0/level") == level);
    }
    CHECK(board.mount().log().find("outputs were interrupted") == std::string::npos);
    CHECK(board.mount().stop() == 0);
}
