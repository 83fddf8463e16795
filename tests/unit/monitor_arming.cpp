// SPDX-License-Identifier: MIT
#include "monitor/arming.h"
#include "monitor/failure.h"
#include "monitor/folder_lock.h"
#include "support/files.h"

#include <doctest/doctest.h>
#include <sys/file.h>
#include <sys/wait.h>

#include <cerrno>
#include <fcntl.h>
#include <memory>
#include <string>
#include <unistd.h>

using namespace gpiofs;
using namespace gpiofs::monitor;
using namespace gpiofs::test;

namespace {

/// A folder with a plain file `edge`: locks work on it as in a tree of lines.
class FakeLine {
  public:
    explicit FakeLine(const std::string& edge)
        : name_(folder_.path().string()), fd_(open_file(folder_.path(), O_RDONLY | O_DIRECTORY)) {
        open_file(file(), O_WRONLY | O_CREAT);
        set(edge);
    }

    std::unique_ptr<Arming> arm(Edges wanted = Edges::both) const {
        return std::make_unique<Arming>(fd_.get(), name_, wanted, signals_);
    }
    /// The status and message of an attempt; 0 if it succeeds.
    std::string failure(Edges wanted = Edges::both) const {
        try {
            arm(wanted);
        } catch (const Failure& failure) {
            return std::to_string(failure.status()) + " " + failure.what();
        }
        return "0";
    }
    void set(const std::string& edge) const {
        fs::resize_file(file(), 0);
        REQUIRE(write_text(file(), edge + "\n") == "ok");
    }
    std::string edge() const { return read_text(file()).substr(0, 4); }
    fs::path file() const { return folder_.path() / "edge"; }
    const fs::path& folder() const { return folder_.path(); }

  private:
    TemporaryFolder folder_;
    LineName name_;
    UniqueFd fd_;
    EndSignal signals_;
};

}  // namespace

TEST_CASE("arming: a monitor arms a line that nobody has armed, and puts it back") {
    const FakeLine line("none");
    const auto arming = line.arm(Edges::rising);
    CHECK(line.edge() == "both");
    CHECK(arming->armed_for() == Edges::both);
    CHECK(arming->line_exists());
}

TEST_CASE("arming: the last of several monitors puts the line back, whichever that is") {
    for (const bool first_ends_first : {true, false}) {
        const FakeLine line("none");
        auto first = line.arm();
        auto second = line.arm();
        CHECK(second->is_same_line(*first));
        (first_ends_first ? first : second).reset();
        CHECK(line.edge() == "both");
        auto third = line.arm();
        (first_ends_first ? second : first).reset();
        CHECK(line.edge() == "both");
        third.reset();
        CHECK(line.edge() == "none");
    }
}

TEST_CASE("arming: a line that the user has armed is left as it is") {
    for (const std::string edge : {"both", "rising", "falling"}) {
        const FakeLine line(edge);
        const auto wanted = edges_named(edge).value();
        auto first = line.arm(wanted);
        CHECK(first->armed_for() == wanted);
        auto second = line.arm(wanted);
        first.reset();
        second.reset();
        CHECK(read_text(line.file()).starts_with(edge));
    }
}

TEST_CASE("arming: what the user sets under a monitor stays") {
    const FakeLine line("none");
    auto arming = line.arm();
    line.set("rising");
    arming.reset();
    CHECK(read_text(line.file()).starts_with("rising"));
    // And a line that he has disarmed under one monitor is armed for the next.
    line.set("none");
    auto first = line.arm();
    line.set("none");
    auto second = line.arm();
    CHECK(line.edge() == "both");
    first.reset();
    second.reset();
    CHECK(line.edge() == "none");
}

TEST_CASE("arming: a line that is armed otherwise than -e asks is an error with what to do") {
    const FakeLine line("rising");
    CHECK(line.failure(Edges::rising) == "0");
    for (const Edges wanted : {Edges::falling, Edges::both}) {
        const std::string failure = line.failure(wanted);
        CHECK(failure.starts_with("1 '" + line.folder().string() + "': edge is 'rising'"));
        CHECK(failure.ends_with("echo both > " + line.file().string()));
    }
    CHECK(read_text(line.file()) == "rising\n");
    // A failed attempt leaves no lock behind.
    const auto fd = open_file(line.file(), O_RDONLY);
    CHECK(::flock(fd.get(), LOCK_EX | LOCK_NB) == 0);
}

TEST_CASE("arming: a folder that is no line's is an error") {
    const FakeLine odd("sideways");
    CHECK(odd.failure().find("edge reads 'sideways'") != std::string::npos);
    const FakeLine bare("none");
    fs::remove(bare.file());
    CHECK(bare.failure().find("no file 'edge'") != std::string::npos);
}

TEST_CASE("arming: a lock that another program keeps is an error, not a wait for ever") {
    const FakeLine line("none");
    const auto other = open_file(line.file(), O_RDONLY);
    REQUIRE(::flock(other.get(), LOCK_EX) == 0);
    CHECK(line.failure().find("cannot lock") != std::string::npos);
    const auto folder = open_file(line.folder(), O_RDONLY | O_DIRECTORY);
    const auto same = open_file(line.folder(), O_RDONLY | O_DIRECTORY);
    const FolderLock held(folder.get(), std::chrono::milliseconds(0), nullptr);
    CHECK(held.held());
    const FolderLock waits(same.get(), std::chrono::milliseconds(20), nullptr);
    CHECK_FALSE(waits.held());
    CHECK(waits.error() == EWOULDBLOCK);
}

TEST_CASE("arming: monitors that start and end at any moment leave the line as it was") {
    for (const std::string edge : {"none", "both"}) {
        const FakeLine line(edge);
        constexpr int processes = 4;
        constexpr int turns = 300;
        for (int i = 0; i < processes; ++i) {
            const pid_t child = ::fork();
            REQUIRE(child >= 0);
            if (child == 0) {
                // Another open folder, as another program has one.
                const auto folder = open_file(line.folder(), O_RDONLY | O_DIRECTORY);
                const LineName name(line.folder().string());
                const EndSignal signals;
                int wrong = 0;
                try {
                    for (int turn = 0; turn < turns; ++turn) {
                        const Arming arming(folder.get(), name, Edges::both, signals);
                        wrong += line.edge() == "both" ? 0 : 1;
                    }
                } catch (...) {
                    wrong = 100;
                }
                ::_exit(wrong == 0 ? 0 : 1);
            }
        }
        for (int i = 0; i < processes; ++i) {
            int status = -1;
            REQUIRE(::wait(&status) > 0);
            CHECK(status == 0);
        }
        CHECK(line.edge() == edge);
    }
}
