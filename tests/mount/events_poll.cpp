// SPDX-License-Identifier: MIT
#include "events_board.h"
#include "support/skip.h"

#include <doctest/doctest.h>
#include <sys/epoll.h>

#include <csignal>
#include <future>
#include <poll.h>
#include <unistd.h>

using namespace gpiofs::test;

namespace {

constexpr short all_events = POLLIN | POLLPRI | POLLOUT;
/// How long a poll waits that is expected to see nothing: hundreds of sample intervals.
constexpr auto nothing_for = std::chrono::milliseconds(200);

}  // namespace

TEST_CASE("events: poll tells of a cursor that is behind, and of nothing else") {
    NEEDS_MOUNT();
    EventsBoard board;
    const auto fd = board.open();
    CHECK(poll_once(fd.get(), all_events, nothing_for) == "timeout");
    CHECK(read_some(fd.get()) == "");
    CHECK(poll_once(fd.get(), all_events, nothing_for) == "timeout");
    board.edges(2);
    CHECK(poll_once(fd.get(), all_events, patience) == "IN|PRI");
    CHECK(poll_once(fd.get(), POLLIN, patience) == "IN");
    CHECK(poll_once(fd.get(), POLLPRI, patience) == "PRI");
    // A line that was begun is something to read.
    CHECK(read_some(fd.get(), 3).size() == 3);
    CHECK(poll_once(fd.get(), all_events, patience) == "IN|PRI");
    CHECK(read_to_end(fd.get()) != "");
    CHECK(poll_once(fd.get(), all_events, nothing_for) == "timeout");
    // Having been polled does not put an edge behind the cursor.
    board.edge(true);
    CHECK(poll_once(fd.get(), all_events, patience) == "IN|PRI");
    CHECK(poll_once(fd.get(), all_events, patience) == "IN|PRI");
    CHECK(edge_words(read_some(fd.get())) == "rising");
    CHECK(poll_once(fd.get(), all_events, nothing_for) == "timeout");
    // A second file has its own cursor.
    const auto second = board.open();
    CHECK(poll_once(second.get(), all_events, patience) == "IN|PRI");
}

TEST_CASE("events: a poll does not wait where the last byte of the last line is still to come") {
    NEEDS_MOUNT();
    EventsBoard board;
    const auto fd = board.open();
    board.edges(1);
    const std::string text = board.text();
    CHECK(read_some(fd.get(), text.size() - 1) == text.substr(0, text.size() - 1));
    CHECK(poll_once(fd.get(), all_events, patience) == "IN|PRI");
    CHECK(read_some(fd.get()) == "\n");
    CHECK(poll_once(fd.get(), all_events, nothing_for) == "timeout");
}

TEST_CASE("events: sleepers in poll and epoll are woken by each edge") {
    NEEDS_MOUNT();
    EventsBoard board;
    const auto fd = board.open();
    const gpiofs::UniqueFd set(::epoll_create1(EPOLL_CLOEXEC));
    epoll_event event{EPOLLIN | EPOLLPRI, {}};
    REQUIRE(::epoll_ctl(set.get(), EPOLL_CTL_ADD, fd.get(), &event) == 0);
    const auto wait = [&] {
        epoll_event got{};
        const int count =
            ::epoll_wait(set.get(), &got, 1, static_cast<int>(patience.count()) * 1000);
        return count == 1 ? event_names(got.events) : "timeout";
    };
    for (int i = 0; i < 10; ++i) {
        auto polled = std::async(std::launch::async, poll_once, fd.get(), short{POLLIN},
                                 std::chrono::milliseconds(patience));
        auto waited = std::async(std::launch::async, wait);
        REQUIRE(wait_for_sleepers(2));
        board.edge(i % 2 == 0);
        CHECK(polled.get() == "IN");
        CHECK(waited.get() == "IN|PRI");
        CHECK(edge_words(read_to_end(fd.get())) == (i % 2 == 0 ? "rising" : "falling"));
    }
}

TEST_CASE("events: when the line goes, poll reports POLLERR and reads answer ENODEV") {
    NEEDS_MOUNT();
    for (const std::string end : {"unexport", "unplug"}) {
        CAPTURE(end);
        EventsBoard board;
        const auto behind = board.open();
        board.edges(2);
        const auto at_the_end = board.open();
        REQUIRE(read_to_end(at_the_end.get()) != "");
        auto woken = std::async(std::launch::async, poll_once, at_the_end.get(), all_events,
                                std::chrono::milliseconds(patience));
        REQUIRE(wait_for_sleepers(1));
        if (end == "unexport") {
            CHECK(write_text(board.mount() / "unexport", "513") == "ok");
        } else {
            board.mount().set_bench("plugged", "0");
        }
        CHECK(woken.get().find("ERR") != std::string::npos);
        CHECK(read_some(at_the_end.get()) == "ENODEV");
        CHECK(read_some(behind.get()) == "ENODEV");
        CHECK(poll_once(behind.get(), 0, patience) == "ERR");
        CHECK(try_open(board.events(), O_RDONLY) == "ENOENT");
        CHECK(board.mount().stop() == 0);
    }
}

TEST_CASE("events: SIGTERM wakes a sleeper, and the daemon ends with the file open") {
    NEEDS_MOUNT();
    EventsBoard board;
    const auto fd = board.open();
    auto woken = std::async(std::launch::async, poll_once, fd.get(), all_events,
                            std::chrono::milliseconds(patience));
    REQUIRE(wait_for_sleepers(1));
    board.mount().process().signal(SIGTERM);
    CHECK(woken.get().find("ERR") != std::string::npos);
    CHECK(board.mount().process().wait() == 0);
}

TEST_CASE("events: a line that is exported again begins with an empty ring") {
    NEEDS_MOUNT();
    EventsBoard board;
    const auto old = board.open();
    board.edges(4);
    REQUIRE(write_text(board.mount() / "unexport", "513") == "ok");
    REQUIRE(board.mount().export_line(513) == board.line());
    const auto fresh = board.open();
    CHECK(read_some(fresh.get()) == "");
    CHECK(board.text() == "");
    board.set("edge", "both");
    board.edge(true);
    CHECK(edge_words(read_to_end(fresh.get())) == "rising");
    CHECK(read_some(old.get()) == "ENODEV");
    // The same after a replug.
    board.mount().set_bench("plugged", "0");
    REQUIRE(wait_until([&] { return !fs::exists(board.mount() / "gpiochip512"); }));
    board.mount().set_bench("plugged", "1");
    REQUIRE(wait_until([&] { return fs::exists(board.mount() / "gpiochip512"); }));
    REQUIRE(board.mount().export_line(513) == board.line());
    CHECK(board.text() == "");
    CHECK(read_some(fresh.get()) == "ENODEV");
    CHECK(board.mount().stop() == 0);
}
