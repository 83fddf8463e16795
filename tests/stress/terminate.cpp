// SPDX-License-Identifier: MIT
#include "stress/journal.h"
#include "stress/settings.h"
#include "support/mount.h"
#include "support/poller.h"
#include "support/skip.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/mount.h>

#include <atomic>
#include <csignal>
#include <fcntl.h>
#include <iostream>
#include <poll.h>
#include <thread>
#include <utility>

using namespace gpiofs::test;

namespace {

using Clock = std::chrono::steady_clock;

constexpr unsigned lines = 8;
constexpr std::size_t poller_count = 32;
/// With all pollers waiting, the signal comes within this time.
constexpr auto longest_wait = std::chrono::milliseconds(50);

// What an access may come to when the program may end, or not have begun, at any moment: a name
// that is not there because nothing is mounted (ENOENT), a board that was let go of (ENODEV, EINVAL
// for a number), a mount whose program has gone (ENOTCONN), or goes while it works on the request
// (ECONNABORTED).
const Operation open_value{"open value", {"ok", "ENOENT", "ENODEV", "ENOTCONN", "ECONNABORTED"}};
const Operation read_value{"read value",
                           {"0\n", "1\n", "ENOENT", "ENODEV", "ENOTCONN", "ECONNABORTED"}};
const Operation write_export{"write export",
                             {"ok", "ENOENT", "EINVAL", "ENOTCONN", "ECONNABORTED"}};
const Operation write_edge{"write edge", {"ok", "ENOENT", "ENODEV", "ENOTCONN", "ECONNABORTED"}};
const Operation write_drive{"write drive", {"ok", "ENOENT", "ENOTCONN", "ECONNABORTED"}};
// An edge, or the board was let go of; the mount goes after that.
const Operation poll_value{"poll value", {"PRI|ERR"}};

/// Somebody who uses a mount from its first moment to its last: arms lines, lets pollers wait on
/// them, and toggles the pins all the time.
class User {
  public:
    User(fs::path mount, Journal& journal)
        : mount_(std::move(mount)), journal_(journal), thread_([this] { use(); }) {}
    User(const User&) = delete;
    User& operator=(const User&) = delete;
    ~User() { over_ = true; }

    /// The tree has been seen.
    bool mounted() const { return mounted_; }
    /// All pollers sleep.
    bool waiting() const { return waiting_; }
    /// Ends when the program has ended; by then every poller has been woken.
    void leave() {
        over_ = true;
        thread_.join();
    }

  private:
    void use();
    void poll_until_end(int fd);
    bool write(const Operation& operation, const fs::path& file, const std::string& text) {
        return journal_.perform(operation, fmt::format("{} '{}'", file.string(), text),
                                [&] { return write_text(mount_ / file, text); }) == "ok";
    }

    const fs::path mount_;
    Journal& journal_;
    std::atomic<bool> over_ = false;
    std::atomic<bool> mounted_ = false;
    std::atomic<bool> waiting_ = false;
    std::jthread thread_;
};

void User::use() {
    wait_until([this] {
        std::error_code not_there;
        mounted_ = fs::exists(mount_ / "export", not_there);
        return mounted_ || over_;
    });
    for (unsigned offset = 0; offset < lines; ++offset) {
        const fs::path line = fmt::format("gpio{}", 512 + offset);
        if (!write(write_export, "export", std::to_string(512 + offset)) ||
            !write(write_edge, line / "edge", "both")) {
            return;
        }
    }
    std::vector<gpiofs::UniqueFd> fds;
    for (unsigned i = 0; i < poller_count; ++i) {
        const fs::path file = fmt::format("gpio{}/value", 512 + i % lines);
        const std::string opened = journal_.perform(open_value, file, [&] {
            fds.push_back(open_file(mount_ / file, O_RDONLY));
            return errno_name(fds.back() ? 0 : errno);
        });
        if (opened != "ok") {
            return;
        }
        journal_.perform(read_value, file, [&] { return read_at(fds.back().get(), 0); });
    }
    std::vector<std::jthread> pollers;
    pollers.reserve(fds.size());
    for (const auto& fd : fds) {
        pollers.emplace_back([this, &fd] { poll_until_end(fd.get()); });
    }
    waiting_ = wait_until([&] { return over_ || sleeping_pollers() >= pollers.size(); });
    unsigned step = 0;
    do {
        ++step;
    } while (!over_ && write(write_drive, fmt::format("sim/0/adbus{}/drive", step % lines),
                             step / lines % 2 == 0 ? "0" : "1"));
}

void User::poll_until_end(int fd) {
    while (true) {
        const std::string events = journal_.perform(
            poll_value, "", [&] { return poll_once(fd, POLLPRI | POLLERR, patience); });
        if (events != "PRI|ERR") {
            return;
        }
        const std::string text = journal_.perform(read_value, "", [&] { return read_at(fd, 0); });
        if (text != "0\n" && text != "1\n") {
            return;
        }
    }
}

}  // namespace

TEST_CASE("mounts ended by SIGTERM at any moment, one after another at the same place") {
    NEEDS_MOUNT();
    const long mounts = setting("GPIOFS_STRESS_MOUNTS", 30);
    std::cout << fmt::format("stress: {} mounts, seed {}\n", mounts, stress_seed()) << std::flush;
    const TemporaryFolder folder;
    const fs::path place = folder.path() / "mnt";
    fs::create_directory(place);
    Watchdog watchdog;
    const auto threads_before = list("/proc/self/task").size();
    Journal journal(watchdog);
    long before_signals = 0;
    long before_tree = 0;
    long before_pollers = 0;
    long with_pollers = 0;
    std::chrono::duration<double> longest{0};
    Clock::duration until_waiting{0};
    const auto start = Clock::now();
    for (int number = 1; number <= mounts && !journal.failed(); ++number) {
        const std::string name = fmt::format("mount {}", number);
        journal.begin(name);
        const Watchdog::Task task(watchdog, name);
        Chance chance(number, 0);
        const fs::path log = folder.path() / name;
        Process process({GPIOFS_PROGRAM, "-f", "--simulate", "FT232H", place}, log);
        watchdog.guard(process.pid());
        User user(place, journal);
        // Every second mount is ended with all pollers waiting, the others at any moment from the
        // start on until well after the pollers of the last one waited.
        auto span = until_waiting + until_waiting / 2;
        if (number % 2 == 1) {
            const auto begun = Clock::now();
            if (!wait_until([&] { return user.waiting(); })) {
                journal.fail("no pollers: " + read_text(log));
            }
            until_waiting = Clock::now() - begun;
            span = longest_wait;
        }
        std::this_thread::sleep_for(chance.pick_below(span));
        const bool waiting = user.waiting();
        const bool mounted = user.mounted();
        const auto sent = Clock::now();
        process.signal(SIGTERM);
        const int status = process.wait();
        user.leave();
        longest = std::max<std::chrono::duration<double>>(longest, Clock::now() - sent);
        watchdog.guard(-1);

        // Until the program blocks the signal, it dies of it as any other does: that is before its
        // first word.
        const std::string said = read_text(log);
        const bool too_early = status == 128 + SIGTERM && said.empty() && !mounted;
        if (status != 0 && !too_early) {
            journal.fail(fmt::format("status {}, log:\n{}", status, said));
        }
        if (const auto report = sanitizer_report(said); !report.empty()) {
            journal.fail(report);
        }
        if (is_mounted(place) || !list(place).empty()) {
            journal.fail("still mounted");
            ::umount2(place.c_str(), MNT_DETACH);
        }
        if (!wait_until([&] { return list("/proc/self/task").size() == threads_before; })) {
            journal.fail("a poller is left");
        }
        ++(too_early ? before_signals
           : waiting ? with_pollers
           : mounted ? before_pollers
                     : before_tree);
    }
    const std::chrono::duration<double> took = Clock::now() - start;
    std::cout
        << fmt::format(
               "{} mounts in {:.1f} s, the longest end {:.2f} s; SIGTERM came to {} before they "
               "blocked it, to {} before the tree was there, to {} before the pollers waited, "
               "to {} with all pollers waiting\nresults of every access:\n",
               before_signals + before_tree + before_pollers + with_pollers, took.count(),
               longest.count(), before_signals, before_tree, before_pollers, with_pollers)
        << journal.counts();
    CHECK(journal.failures() == "");
    CHECK(with_pollers >= mounts / 2);
}
