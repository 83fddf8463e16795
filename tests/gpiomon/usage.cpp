// SPDX-License-Identifier: MIT
#include "gpiomon/watched_board.h"
#include "support/skip.h"

#include <fcntl.h>

using namespace gpiofs::test;

TEST_CASE("gpiomon: bad usage is one line and status 2") {
    const std::vector<std::vector<std::string>> wrong = {{},
                                                         {"513"},
                                                         {"-x", "/tmp"},
                                                         {"-e", "up", "/tmp"},
                                                         {"-i", "5h", "/tmp"},
                                                         {"-n", "x", "/tmp"},
                                                         {"-n"}};
    for (const auto& arguments : wrong) {
        const auto done = run_monitor(arguments);
        INFO(done.err);
        CHECK(done.status == 2);
        CHECK(done.out.empty());
        CHECK(is_one_line_with(done.err, ": "));
    }
    for (const std::string question : {"--help", "--version", "-h", "-v"}) {
        const auto done = run_monitor({question});
        CHECK(done.status == 0);
        CHECK(done.err.empty());
        CHECK(done.out.find("mpsse-gpiomon") != std::string::npos);
    }
}

TEST_CASE("gpiomon: a line that is not exported is status 1, with the command that exports it") {
    NEEDS_MOUNT();
    WatchedBoard board;
    const std::string root = board.mount().path();
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{"--root", root, "515"}, {root + "/gpio515"}}) {
        const auto done = run_monitor(arguments);
        INFO(done.err);
        CHECK(done.status == 1);
        CHECK(done.out.empty());
        CHECK(is_one_line_with(done.err, "'" + arguments.back() + "'"));
        CHECK(done.err.ends_with(": echo 515 > " + root + "/export\n"));
    }
    // It says the truth.
    REQUIRE(shell("echo 515 > " + root + "/export").status == 0);
    CHECK(run_monitor({"-i1", root + "/gpio515"}).status == 3);
}

TEST_CASE("gpiomon: lines without edges, outputs and one line twice are errors that arm nothing") {
    NEEDS_MOUNT();
    WatchedBoard board;
    REQUIRE(write_text(board.mount() / "chip0/export", "5") == "ok");
    const auto bare = run_monitor({board.line(514), board.mount() / "chip0/gpio5"});
    CHECK(bare.status == 1);
    CHECK(is_one_line_with(bare.err, "no file 'edge'"));
    CHECK(board.edge(514) == "none\n");

    const auto twice = run_monitor({"--root", board.mount().path(), "514", board.line(514) / "."});
    CHECK(twice.status == 2);
    CHECK(is_one_line_with(twice.err, "'514'"));
    CHECK(board.edge(514) == "none\n");

    REQUIRE(write_text(board.line() / "direction", "out") == "ok");
    const auto output = run_monitor({board.line(514), board.line()});
    CHECK(output.status == 1);
    CHECK(is_one_line_with(output.err, board.line()));
    CHECK(board.edge(514) == "none\n");
}

TEST_CASE("gpiomon: a user who may not arm the line watches it once it is armed") {
    NEEDS_MOUNT();
    const std::string nobody = "setpriv --reuid=65534 --regid=65534 --clear-groups ";
    if (shell(nobody + GPIOFS_MONITOR " --version").status != 0) {
        SKIP_TEST("nobody cannot reach the program here");
    }
    WatchedBoard board({"-o", "allow_other"});
    const std::string as_nobody = nobody + GPIOFS_MONITOR " -i 1 ";
    // The mount point lies in a folder that is root's alone.
    REQUIRE(shell("chmod 755 " + board.mount().path().parent_path().string()).status == 0);
    const auto refused = shell(as_nobody + board.line().string());
    INFO(refused.err);
    CHECK(refused.status == 1);
    CHECK(is_one_line_with(refused.err, "Permission denied"));
    REQUIRE(write_text(board.line() / "edge", "both") == "ok");
    CHECK(shell(as_nobody + board.line().string()).status == 3);
    CHECK(board.edge() == "both\n");
}
