// SPDX-License-Identifier: MIT
#include "gpiomon/watched_board.h"
#include "support/skip.h"

#include <fmt/format.h>
#include <sys/syscall.h>

#include <csignal>

using namespace gpiofs::test;

namespace {

/// A script that runs in the background.
class Script {
  public:
    explicit Script(const std::string& text)
        : process_({"bash", "-c", text}, folder_.path() / "out") {}
    std::string out() const { return read_text(folder_.path() / "out"); }
    Process& process() noexcept { return process_; }

  private:
    TemporaryFolder folder_;
    Process process_;
};

}  // namespace

TEST_CASE("gpiomon: a shell loop has each edge at once, and read -t times out") {
    NEEDS_MOUNT();
    WatchedBoard board;
    Script script(fmt::format(
        "{} -n2 {} | {{ read -r ns name edge lost; echo \"$edge $lost\"; read -r -t 0.3 x || "
        "echo late; read -r ns name edge lost; echo \"$edge\"; read -r x || echo end; }}",
        GPIOFS_MONITOR, board.line().string()));
    REQUIRE(wait_until([&] { return board.edge() == "both\n"; }));
    board.drive(true);
    CHECK(wait_until([&] { return script.out() == "rising 0\nlate\n"; }));
    board.drive(false);
    CHECK(script.process().wait() == 0);
    CHECK(script.out() == "rising 0\nlate\nfalling\nend\n");
    CHECK(board.edge() == "none\n");
}

TEST_CASE("gpiomon: ends by SIGPIPE as soon as its reader has gone, and puts the line back") {
    NEEDS_MOUNT();
    WatchedBoard board;
    Script script(fmt::format("{} {} | head -n1; echo ${{PIPESTATUS[0]}}", GPIOFS_MONITOR,
                              board.line().string()));
    REQUIRE(wait_until([&] { return board.edge() == "both\n"; }));
    board.drive(true);
    CHECK(script.process().wait() == 0);
    CHECK(script.out().ends_with(fmt::format(" rising 0\n{}\n", 128 + SIGPIPE)));
    CHECK(board.edge() == "none\n");
}

TEST_CASE("gpiomon: a reader that does not read keeps no signal from ending it") {
    NEEDS_MOUNT();
    WatchedBoard board;
    const TemporaryFolder folder;
    Script script(
        fmt::format("{} {} > >(echo $BASHPID > {}; exec sleep 100) & echo $!; wait $!; echo $?",
                    GPIOFS_MONITOR, board.line().string(), (folder.path() / "reader").string()));
    REQUIRE(wait_until([&] { return board.edge() == "both\n"; }));
    board.edges(3000);  // more than a pipe holds
    const pid_t monitor = std::stoi(script.out());
    const auto state = [&] { return read_text(fmt::format("/proc/{}/syscall", monitor)); };
    CHECK(wait_until([&] { return state().starts_with(fmt::format("{} ", SYS_poll)); }));
    CHECK(script.process().running());
    ::kill(monitor, SIGTERM);
    CHECK(script.process().wait() == 0);
    CHECK(script.out() == fmt::format("{}\n{}\n", monitor, 128 + SIGTERM));
    CHECK(board.edge() == "none\n");
    ::kill(std::stoi(read_text(folder.path() / "reader")), SIGKILL);
}

TEST_CASE("gpiomon: a full disk is an error") {
    NEEDS_MOUNT();
    WatchedBoard board;
    Script script(fmt::format("{} {} > /dev/full; echo $?", GPIOFS_MONITOR, board.line().string()));
    REQUIRE(wait_until([&] { return board.edge() == "both\n"; }));
    board.drive(true);
    CHECK(script.process().wait() == 0);
    CHECK(script.out().starts_with("mpsse-gpiomon: standard output: No space left on device"));
    CHECK(script.out().ends_with("\n1\n"));
    CHECK(board.edge() == "none\n");
}
