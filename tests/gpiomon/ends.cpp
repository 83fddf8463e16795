// SPDX-License-Identifier: MIT
#include "gpiomon/watched_board.h"
#include "support/skip.h"

#include <fmt/format.h>

#include <csignal>

using namespace gpiofs::test;

TEST_CASE("gpiomon: ends with 0 after the edges of -n, and leaves the line as it was") {
    NEEDS_MOUNT();
    WatchedBoard board;
    Monitor monitor({"-n3", board.line()});
    REQUIRE(monitor.watches());
    monitor.process().signal(SIGSTOP);
    board.edges(10);
    monitor.process().signal(SIGCONT);
    CHECK(monitor.wait() == 0);
    CHECK(edge_words(parse_printed(monitor.out())) == "rising falling rising");
    CHECK(monitor.err().empty());
    CHECK(board.edge() == "none\n");
}

TEST_CASE(
    "gpiomon: ends with 3 after a time without an edge, counted anew from each that it prints") {
    NEEDS_MOUNT();
    WatchedBoard board;
    const std::int64_t begin = monotonic_nanoseconds();
    const auto idle = run_monitor({"-i", "200", board.line()});
    CHECK(idle.status == 3);
    CHECK(idle.out + idle.err == "");
    CHECK(monotonic_nanoseconds() - begin >= 200'000'000);
    CHECK(board.edge() == "none\n");

    constexpr std::int64_t period = 500'000'000;
    Monitor monitor({"-e", "rising", "-i", "500ms", board.line()});
    REQUIRE(monitor.watches());
    std::int64_t printed = 0;
    for (int i = 0; i < 3 && monitor.process().running(); ++i) {
        board.drive(true);
        printed = monotonic_nanoseconds();
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
        board.drive(false);  // filtered out: starts nothing anew
    }
    CHECK(monitor.wait() == 3);
    CHECK(monotonic_nanoseconds() - printed >= period);
    CHECK(edge_words(parse_printed(monitor.out())) == "rising rising rising");
}

TEST_CASE("gpiomon: ends with 4 when a line is unexported, with the edges it had") {
    NEEDS_MOUNT();
    WatchedBoard board;
    Monitor monitor({board.line(514), board.line(513)});
    REQUIRE(monitor.watches());
    board.drive(true, 514);
    CHECK(monitor.lines(1).size() == 1);
    CHECK(write_text(board.mount() / "unexport", "513") == "ok");
    CHECK(monitor.wait() == 4);
    CHECK(is_one_line_with(monitor.err(), "'" + board.line(513).string() + "': the line has gone"));
    CHECK(board.edge(514) == "none\n");
    CHECK(board.mount().stop() == 0);
}

TEST_CASE("gpiomon: ends with 4 when the board is unplugged, and when the daemon is killed") {
    NEEDS_MOUNT();
    for (const bool unplugged : {true, false}) {
        CAPTURE(unplugged);
        WatchedBoard board;
        Monitor monitor({"-i", "1m", board.line()});
        REQUIRE(monitor.watches());
        if (unplugged) {
            board.mount().set_bench("plugged", "0");
        } else {
            board.mount().process().signal(SIGKILL);
        }
        CHECK(monitor.wait() == 4);
        CHECK(is_one_line_with(monitor.err(), "the line has gone"));
    }
}

TEST_CASE("gpiomon: puts the line back before a signal ends it, and ends by that signal") {
    NEEDS_MOUNT();
    WatchedBoard board;
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
        CAPTURE(signal);
        Monitor monitor({board.line()});
        REQUIRE(monitor.watches());
        CHECK(monitor.end_by(signal) == 128 + signal);
        CHECK(board.edge() == "none\n");
        CHECK(monitor.err().empty());
    }
}

TEST_CASE("gpiomon: a signal that was ignored at its start stays ignored") {
    NEEDS_MOUNT();
    WatchedBoard board;
    const auto done =
        shell(fmt::format("trap '' HUP; {} -i 300 {} & sleep 0.1; kill -HUP $!; wait $! || echo $?",
                          GPIOFS_MONITOR, board.line().string()));
    CHECK(done.out == "3\n");
}
