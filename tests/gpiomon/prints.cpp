// SPDX-License-Identifier: MIT
#include "gpiomon/watched_board.h"
#include "support/skip.h"

#include <fmt/format.h>

#include <csignal>

using namespace gpiofs::test;

TEST_CASE("gpiomon: prints every edge in order, with its time and the name as typed") {
    NEEDS_MOUNT();
    WatchedBoard board;
    board.edges(4);  // before its start: not told
    Monitor monitor({board.line()});
    REQUIRE(monitor.watches());
    CHECK(board.edge() == "both\n");
    constexpr unsigned count = 40;
    std::vector<std::int64_t> before;
    for (unsigned i = 0; i < count; ++i) {
        before.push_back(monotonic_nanoseconds());
        board.drive(i % 2 == 0);
    }
    before.push_back(monotonic_nanoseconds());
    const auto printed = monitor.lines(count);
    REQUIRE(printed.size() == count);
    for (std::size_t i = 0; i < count; ++i) {
        CHECK(printed[i].name == board.line());
        CHECK(printed[i].edge == (i % 2 == 0 ? "rising" : "falling"));
        CHECK(printed[i].lost == 0);
        CHECK(printed[i].nanoseconds > before[i]);
        CHECK(printed[i].nanoseconds < before[i + 1]);
    }
    CHECK(monitor.end_by(SIGTERM) == 128 + SIGTERM);
    CHECK(monitor.err().empty());
    CHECK(board.edge() == "none\n");
    CHECK(board.mount().stop() == 0);
}

TEST_CASE("gpiomon: edges that came while others had the line armed are not told again") {
    NEEDS_MOUNT();
    WatchedBoard board;
    REQUIRE(write_text(board.line() / "edge", "both") == "ok");
    board.edges(7);
    Monitor monitor({board.line()});
    REQUIRE(monitor.watches());
    board.drive(false);
    CHECK(edge_words(monitor.lines(1)) == "falling");
}

TEST_CASE("gpiomon: -e shows the edges that it names, on a line that is armed for both") {
    NEEDS_MOUNT();
    WatchedBoard board;
    Monitor rising({"-e", "rising", board.line()});
    Monitor falling({"--edges=falling", board.line()});
    REQUIRE(rising.watches());
    REQUIRE(falling.watches());
    board.edges(5);
    board.drive(false);
    CHECK(edge_words(rising.lines(3)) == "rising rising rising");
    CHECK(edge_words(falling.lines(3)) == "falling falling falling");
    CHECK(board.edge() == "both\n");
}

TEST_CASE("gpiomon: -e both is not shown by halves: a line that is armed otherwise is an error") {
    NEEDS_MOUNT();
    WatchedBoard board;
    REQUIRE(write_text(board.line() / "edge", "rising") == "ok");
    const auto both = run_monitor({board.line()});
    CHECK(both.status == 1);
    CHECK(is_one_line_with(both.err, "edge is 'rising'"));
    CHECK(run_monitor({"-e", "falling", board.line()}).status == 1);
    Monitor rising({"-e", "rising", board.line()});
    REQUIRE(rising.watches());
    board.edges(4);
    CHECK(edge_words(rising.lines(2)) == "rising rising");
    CHECK(rising.end_by(SIGINT) == 128 + SIGINT);
    CHECK(board.edge() == "rising\n");
}

TEST_CASE("gpiomon: edges of several lines that come together are in the order of time") {
    NEEDS_MOUNT();
    WatchedBoard board;
    Monitor monitor({"--root", board.mount().path(), "514", board.line(513)});
    REQUIRE(monitor.watches());
    monitor.process().signal(SIGSTOP);
    constexpr unsigned count = 20;
    for (unsigned i = 0; i < count; ++i) {
        board.drive(i % 2 == 0, 513);
        board.drive(i % 2 == 0, 514);
    }
    monitor.process().signal(SIGCONT);
    const auto printed = monitor.lines(std::size_t{2} * count);
    REQUIRE(printed.size() == std::size_t{2} * count);
    for (std::size_t i = 0; i < printed.size(); ++i) {
        CHECK(printed[i].name == (i % 2 == 0 ? board.line(513).string() : "514"));
        CHECK((i == 0 || printed[i].nanoseconds > printed[i - 1].nanoseconds));
    }
    CHECK(monitor.end_by(SIGTERM) == 128 + SIGTERM);
    CHECK(board.edge(513) + board.edge(514) == "none\nnone\n");
}

TEST_CASE("gpiomon: says how many edges it has missed, also those that -e leaves out") {
    NEEDS_MOUNT();
    constexpr unsigned ring = 4096;
    WatchedBoard board;
    Monitor both({board.line()});
    Monitor falling({"-e", "falling", board.line()});
    REQUIRE(both.watches());
    REQUIRE(falling.watches());
    both.process().signal(SIGSTOP);
    falling.process().signal(SIGSTOP);
    constexpr unsigned lost = 300;
    board.edges(ring + lost);
    both.process().signal(SIGCONT);
    falling.process().signal(SIGCONT);
    const auto all = both.lines(ring);
    REQUIRE(all.size() == ring);
    CHECK(all.front().edge == "rising");
    CHECK(all.front().lost == lost);
    CHECK(all[1].lost == 0);
    // The first that it shows stands behind a rising one, which knew of the losses.
    const auto half = falling.lines(ring / 2);
    REQUIRE(half.size() == ring / 2);
    CHECK(half.front().lost == lost);
    CHECK(half[1].lost == 0);
}

TEST_CASE("gpiomon: active_low turns the edges round") {
    NEEDS_MOUNT();
    WatchedBoard board;
    REQUIRE(write_text(board.line() / "active_low", "1") == "ok");
    Monitor monitor({"-e", "falling", board.line()});
    REQUIRE(monitor.watches());
    board.mount().set_bench("adbus1/drive", "1");
    CHECK(edge_words(monitor.lines(1)) == "falling");
}
