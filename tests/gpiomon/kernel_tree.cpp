// SPDX-License-Identifier: MIT
// As on the kernel's own tree, which has no `events`: a folder that shows a line's other files.
#include "gpiomon/watched_board.h"
#include "support/skip.h"

#include <csignal>

using namespace gpiofs::test;

namespace {

class BareLine {
  public:
    explicit BareLine(const WatchedBoard& board) {
        for (const char* file : {"edge", "value"}) {
            fs::create_symlink(board.line() / file, folder_.path() / file);
        }
    }
    std::string path() const { return folder_.path(); }

  private:
    TemporaryFolder folder_;
};

}  // namespace

TEST_CASE("gpiomon without events: edges are told as they wake it, with the time of waking") {
    NEEDS_MOUNT();
    WatchedBoard board;
    const BareLine line(board);
    Monitor monitor({line.path()});
    REQUIRE(monitor.watches());
    CHECK(board.edge() == "both\n");
    for (std::size_t i = 0; i < 6; ++i) {
        const std::int64_t before = monotonic_nanoseconds();
        board.drive(i % 2 == 0);
        const auto printed = monitor.lines(i + 1);
        REQUIRE(printed.size() == i + 1);
        CHECK(printed.back().edge == (i % 2 == 0 ? "rising" : "falling"));
        CHECK(printed.back().lost == 0);
        CHECK(printed.back().nanoseconds > before);
        CHECK(printed.back().nanoseconds < monotonic_nanoseconds());
        REQUIRE(monitor.watches());
    }
    CHECK(monitor.end_by(SIGTERM) == 128 + SIGTERM);
    CHECK(board.edge() == "none\n");
}

TEST_CASE("gpiomon without events: a level that is what it was tells of an edge that was missed") {
    NEEDS_MOUNT();
    WatchedBoard board;
    const BareLine line(board);
    Monitor both({line.path()});
    Monitor rising({"-e", "rising", line.path()});
    REQUIRE(both.watches());
    REQUIRE(rising.watches());
    both.process().signal(SIGSTOP);
    rising.process().signal(SIGSTOP);
    board.edges(2);
    both.process().signal(SIGCONT);
    rising.process().signal(SIGCONT);
    CHECK(edge_words(both.lines(1)) == "falling+1");
    REQUIRE(rising.watches());
    board.drive(true);
    CHECK(edge_words(both.lines(2)) == "falling+1 rising");
    CHECK(edge_words(rising.lines(1)) == "rising+1");
}

TEST_CASE("gpiomon without events: a line that the user has armed for one edge has that one") {
    NEEDS_MOUNT();
    WatchedBoard board;
    const BareLine line(board);
    REQUIRE(write_text(board.line() / "edge", "falling") == "ok");
    Monitor monitor({"-n2", "-e", "falling", line.path()});
    REQUIRE(monitor.watches());
    for (std::size_t i = 0; i < 2; ++i) {
        board.edges(2);
        CHECK(monitor.lines(i + 1).size() == i + 1);
    }
    CHECK(monitor.wait() == 0);
    CHECK(edge_words(parse_printed(monitor.out())) == "falling falling");
    CHECK(board.edge() == "falling\n");
}

TEST_CASE("gpiomon without events: ends with 4 when the line goes, with 3 after a time") {
    NEEDS_MOUNT();
    WatchedBoard board;
    const BareLine line(board);
    CHECK(run_monitor({"-i", "1200", line.path()}).status == 3);  // beyond a look for the line
    Monitor monitor({line.path()});
    REQUIRE(monitor.watches());
    CHECK(write_text(board.mount() / "unexport", "513") == "ok");
    CHECK(monitor.wait() == 4);
    CHECK(is_one_line_with(monitor.err(), "the line has gone"));
}
