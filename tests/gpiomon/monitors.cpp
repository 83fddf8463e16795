// SPDX-License-Identifier: MIT
#include "gpiomon/watched_board.h"
#include "support/skip.h"

#include <csignal>

using namespace gpiofs::test;

TEST_CASE("gpiomon: of two monitors the first ends, the second goes on and puts the line back") {
    NEEDS_MOUNT();
    WatchedBoard board;
    Monitor first({"-n1", board.line()});
    REQUIRE(first.watches());
    Monitor second({board.line()});
    REQUIRE(second.watches());
    board.drive(true);
    CHECK(first.wait() == 0);
    CHECK(board.edge() == "both\n");
    board.drive(false);
    CHECK(edge_words(second.lines(2)) == "rising falling");
    CHECK(second.end_by(SIGTERM) == 128 + SIGTERM);
    CHECK(board.edge() == "none\n");
}

TEST_CASE("gpiomon: a monitor that is killed leaves the line to the one that is left") {
    NEEDS_MOUNT();
    WatchedBoard board;
    Monitor first({board.line()});
    REQUIRE(first.watches());
    Monitor second({board.line()});
    REQUIRE(second.watches());
    CHECK(first.end_by(SIGKILL) == 128 + SIGKILL);
    board.drive(true);
    CHECK(edge_words(second.lines(1)) == "rising");
    CHECK(second.end_by(SIGHUP) == 128 + SIGHUP);
    CHECK(board.edge() == "none\n");
}

TEST_CASE("gpiomon: a line that the user has armed stays armed") {
    NEEDS_MOUNT();
    WatchedBoard board;
    REQUIRE(write_text(board.line() / "edge", "both") == "ok");
    Monitor first({"-n1", board.line()});
    REQUIRE(first.watches());
    CHECK(run_monitor({"-i1", "-e", "falling", board.line()}).status == 3);
    board.drive(true);
    CHECK(first.wait() == 0);
    CHECK(board.edge() == "both\n");
}

TEST_CASE("gpiomon: monitors of one line that start and end all the time leave it as it was") {
    NEEDS_MOUNT();
    WatchedBoard board;
    for (const std::string edge : {"none", "both"}) {
        REQUIRE(write_text(board.line() / "edge", edge) == "ok");
        const auto done = shell("m() { for i in $(seq 25); do " GPIOFS_MONITOR " -i ${1}us " +
                                board.line().string() +
                                " || [ $? = 3 ] || echo failed; done; }; "
                                "m 1 & m 700 & m 2000 & m 5000 & wait");
        CHECK(done.status == 0);
        CHECK(done.out + done.err == "");
        CHECK(board.edge() == edge + "\n");
    }
}
