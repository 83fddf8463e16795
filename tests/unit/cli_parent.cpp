// SPDX-License-Identifier: MIT
#include "cli/parent.h"
#include "support/skip.h"

#include <doctest/doctest.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <functional>
#include <sched.h>
#include <string>
#include <unistd.h>

using gpiofs::UniqueFd;
using gpiofs::cli::Startup;

namespace {

struct Outcome {
    int status = -1;
    std::string text;
};

/// Runs `start` in a process of its own and returns its exit status and what came on stderr until
/// everybody who had it open was done with it.
Outcome run(const std::function<void()>& start) {
    std::array<int, 2> fds{};
    REQUIRE(pipe2(fds.data(), O_CLOEXEC) == 0);
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        dup2(fds[1], STDERR_FILENO);
        start();
        _exit(99);
    }
    const UniqueFd out(fds[0]);
    close(fds[1]);
    Outcome outcome;
    std::array<char, 256> piece{};
    for (ssize_t n = 0; (n = read(out.get(), piece.data(), piece.size())) > 0;) {
        outcome.text.append(piece.data(), static_cast<std::size_t>(n));
    }
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return outcome;
}

class TemporaryFolder {
  public:
    TemporaryFolder() { REQUIRE(mkdtemp(path_.data()) != nullptr); }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder() { rmdir(path_.c_str()); }

    const std::string& path() const noexcept { return path_; }

  private:
    std::string path_ = "/tmp/gpiofs-parent-XXXXXX";
};

}  // namespace

TEST_CASE("a failed start is the parent's exit status and one line") {
    const auto outcome = run([] {
        auto startup = Startup::background(true);
        _exit(startup.failed("no permission for 1-1"));
    });
    CHECK(outcome.status == 1);
    CHECK(outcome.text == "mpsse-gpiofs: no permission for 1-1\n");
}

TEST_CASE("a child that dies without a word is a failure") {
    SUBCASE("by exit") {
        const auto outcome = run([] {
            const auto startup = Startup::background(true);
            _exit(0);
        });
        CHECK(outcome.status == 1);
        CHECK(outcome.text.find("(status 0)") != std::string::npos);
    }
    SUBCASE("by signal") {
        const auto outcome = run([] {
            const auto startup = Startup::background(true);
            kill(getpid(), SIGKILL);
        });
        CHECK(outcome.status == 1);
        CHECK(outcome.text.find("(signal 9)") != std::string::npos);
    }
}

TEST_CASE("ready is only believed if something is mounted") {
    const TemporaryFolder folder;
    const auto outcome = run([&] {
        auto startup = Startup::background(true);
        startup.ready(folder.path());
        _exit(0);
    });
    CHECK(outcome.status == 1);
    CHECK(outcome.text.find(folder.path()) != std::string::npos);
}

TEST_CASE("ready is believed if nobody knows the place") {
    const auto outcome = run([] {
        auto startup = Startup::background(false);
        startup.ready("/dev/fd/5");
        _exit(0);
    });
    CHECK(outcome.status == 0);
    CHECK(outcome.text == "");
}

TEST_CASE("a mount that answers is a clean start") {
    const TemporaryFolder folder;
    if (mount("none", folder.path().c_str(), "tmpfs", 0, nullptr) != 0) {
        SKIP_TEST("no permission to mount");
    }
    umount2(folder.path().c_str(), MNT_DETACH);
    const auto outcome = run([&] {
        auto startup = Startup::background(true);
        if (mount("none", folder.path().c_str(), "tmpfs", 0, nullptr) != 0) {
            _exit(startup.failed("cannot mount"));
        }
        startup.ready(folder.path());
        _exit(0);
    });
    umount2(folder.path().c_str(), MNT_DETACH);
    CHECK(outcome.status == 0);
    CHECK(outcome.text.empty());
}

TEST_CASE("in the foreground there is nobody to tell but stderr") {
    const auto outcome = run([] {
        auto startup = Startup::foreground();
        startup.ready("/mnt");
        _exit(startup.failed("the board has gone"));
    });
    CHECK(outcome.status == 1);
    CHECK(outcome.text == "mpsse-gpiofs: the board has gone\n");
}
