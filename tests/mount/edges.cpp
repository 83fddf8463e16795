// SPDX-License-Identifier: MIT
#include "support/mount.h"
#include "support/poller.h"
#include "support/skip.h"
#include "support/timeval.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/select.h>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

using namespace gpiofs::test;

namespace {

constexpr short edge_events = POLLPRI | POLLERR;
/// How long a poll waits that is expected to see nothing: hundreds of sample intervals.
constexpr auto nothing_for = std::chrono::milliseconds(300);

/// A board with lines 512 (an output at 0) and 513 (an input) joined.
class Wired {
  public:
    explicit Wired(const std::string& chip = "FT232H") : mount_({"--simulate", chip}) {
        mount_.set_bench("wires", "adbus0 adbus1");
        output_ = mount_.export_line(512);
        input_ = mount_.export_line(513);
        REQUIRE(write_text(output_ / "direction", "low") == "ok");
    }
    Mount& mount() { return mount_; }
    const fs::path& input() const { return input_; }
    void drive(bool level) const {
        REQUIRE(write_text(output_ / "value", level ? "1" : "0") == "ok");
    }
    void arm(const std::string& edge) const { REQUIRE(write_text(input_ / "edge", edge) == "ok"); }
    /// An open `value` that has been read once, as programs do to clear the start event.
    gpiofs::UniqueFd open_value() const {
        auto fd = open_file(input_ / "value", O_RDONLY);
        REQUIRE(read_at(fd.get(), 0).size() == 2);
        return fd;
    }

  private:
    Mount mount_;
    fs::path output_;
    fs::path input_;
};

}  // namespace

TEST_CASE("a fresh descriptor reports an event until it is read") {
    NEEDS_MOUNT();
    Wired board;
    const auto fd = open_file(board.input() / "value", O_RDONLY);
    constexpr short all = POLLIN | POLLPRI | POLLOUT;
    CHECK(poll_once(fd.get(), all, patience) == "IN|PRI|OUT|ERR");
    CHECK(read_at(fd.get(), 0) == "0\n");
    CHECK(poll_once(fd.get(), all, patience) == "IN|OUT");
    CHECK(poll_once(fd.get(), edge_events, nothing_for) == "timeout");
}

TEST_CASE("an edge through a wire wakes poll and stays until it is read at the start") {
    NEEDS_MOUNT();
    Wired board;
    board.arm("both");
    const auto fd = board.open_value();
    auto woken = poll_in_background(fd.get());
    REQUIRE(wait_for_sleepers(1));
    board.drive(true);
    CHECK(woken.get() == "PRI|ERR");
    CHECK(poll_once(fd.get(), edge_events, patience) == "PRI|ERR");
    CHECK(poll_once(fd.get(), 0, patience) == "ERR");
    CHECK(read_at(fd.get(), 0) == "1\n");
    CHECK(poll_once(fd.get(), edge_events, nothing_for) == "timeout");
    CHECK(board.mount().stop() == 0);
}

TEST_CASE("only the armed edge fires, and active_low turns its sense round") {
    NEEDS_MOUNT();
    struct Row {
        std::string edge;
        std::string active_low;
        std::string on_fall;
        std::string on_rise;
    };
    Wired board;
    const std::string said_at_start = board.mount().log();
    for (const Row& row :
         {Row{"rising", "0", "timeout", "PRI|ERR"}, Row{"falling", "0", "PRI|ERR", "timeout"},
          Row{"both", "0", "PRI|ERR", "PRI|ERR"}, Row{"none", "0", "timeout", "timeout"},
          Row{"rising", "1", "PRI|ERR", "timeout"}, Row{"falling", "1", "timeout", "PRI|ERR"}}) {
        CAPTURE(row.edge);
        CAPTURE(row.active_low);
        board.arm("none");
        REQUIRE(write_text(board.input() / "active_low", row.active_low) == "ok");
        board.drive(true);
        board.arm(row.edge);
        const auto fd = board.open_value();
        const auto check_after = [&](bool level, const std::string& expected) {
            board.drive(level);
            const auto limit = expected == "timeout" ? nothing_for : patience;
            CHECK(poll_once(fd.get(), edge_events, limit) == expected);
        };
        check_after(false, row.on_fall);
        CHECK(read_at(fd.get(), 0).size() == 2);
        check_after(true, row.on_rise);
    }
    // An exchange that had to be tried again would have been said.
    CHECK(board.mount().log() == said_at_start);
}

TEST_CASE("select reports an exceptional condition") {
    NEEDS_MOUNT();
    Wired board;
    board.arm("rising");
    const auto fd = board.open_value();
    fd_set exceptional;
    const auto wait = [&](std::chrono::milliseconds limit) {
        FD_ZERO(&exceptional);
        FD_SET(fd.get(), &exceptional);
        timeval timeout = to_timeval(limit);
        return ::select(fd.get() + 1, nullptr, nullptr, &exceptional, &timeout);
    };
    CHECK(wait(nothing_for) == 0);
    board.drive(true);
    CHECK(wait(patience) == 1);
}

TEST_CASE("epoll: level-triggered repeats until read, edge-triggered tells each edge once") {
    NEEDS_MOUNT();
    Wired board;
    board.arm("both");
    const auto level_fd = board.open_value();
    const auto edge_fd = board.open_value();
    const gpiofs::UniqueFd level_set(::epoll_create1(EPOLL_CLOEXEC));
    const gpiofs::UniqueFd edge_set(::epoll_create1(EPOLL_CLOEXEC));
    epoll_event wanted{EPOLLPRI, {}};
    REQUIRE(::epoll_ctl(level_set.get(), EPOLL_CTL_ADD, level_fd.get(), &wanted) == 0);
    wanted.events = EPOLLPRI | EPOLLET;
    REQUIRE(::epoll_ctl(edge_set.get(), EPOLL_CTL_ADD, edge_fd.get(), &wanted) == 0);
    const auto wait = [](int set, std::chrono::milliseconds limit) -> std::string {
        epoll_event event{};
        const int count = ::epoll_wait(set, &event, 1, static_cast<int>(limit.count()));
        return count == 1 ? event_names(event.events) : "timeout";
    };
    CHECK(wait(edge_set.get(), nothing_for) == "timeout");
    for (const bool level : {true, false, true}) {  // never read in between
        board.drive(level);
        CHECK(wait(edge_set.get(), patience) == "PRI|ERR");
        CHECK(wait(edge_set.get(), nothing_for) == "timeout");
    }
    CHECK(wait(level_set.get(), patience) == "PRI|ERR");
    CHECK(wait(level_set.get(), patience) == "PRI|ERR");
    CHECK(read_at(level_fd.get(), 0) == "1\n");
    CHECK(wait(level_set.get(), nothing_for) == "timeout");
}

TEST_CASE("64 pollers on one line are all woken, and every open file gets each edge") {
    NEEDS_MOUNT();
    Wired board;
    board.arm("both");
    constexpr std::size_t count = 64;
    std::vector<gpiofs::UniqueFd> fds;
    for (std::size_t i = 0; i < count; ++i) {
        fds.push_back(board.open_value());
    }
    for (const bool level : {true, false}) {
        std::vector<std::future<std::string>> woken;
        for (const auto& fd : fds) {
            woken.push_back(poll_in_background(fd.get()));
        }
        REQUIRE(wait_for_sleepers(count));
        board.drive(level);
        for (std::size_t i = 0; i < count; ++i) {
            CHECK(woken[i].get() == "PRI|ERR");
            CHECK(read_at(fds[i].get(), 0) == (level ? "1\n" : "0\n"));
        }
    }
    CHECK(board.mount().stop() == 0);
}

TEST_CASE("one poller on each of 16 lines: each is woken by its own line") {
    NEEDS_MOUNT();
    Mount mount({"--simulate", "FT232H"});
    std::vector<gpiofs::UniqueFd> fds;
    std::vector<std::string> pins;
    for (unsigned offset = 0; offset < 16; ++offset) {
        pins.push_back(fmt::format("a{}bus{}", offset < 8 ? "d" : "c", offset % 8));
        mount.set_bench(pins.back() + "/drive", "0");
        const auto line = mount.export_line(512 + offset);
        REQUIRE(write_text(line / "edge", "rising") == "ok");
        fds.push_back(open_file(line / "value", O_RDONLY));
        REQUIRE(read_at(fds.back().get(), 0) == "0\n");
    }
    std::vector<std::future<std::string>> woken;
    for (const auto& fd : fds) {
        woken.push_back(poll_in_background(fd.get()));
    }
    REQUIRE(wait_for_sleepers(fds.size()));
    for (std::size_t i = 0; i < fds.size(); ++i) {
        CAPTURE(i);
        for (std::size_t later = i; later < fds.size(); ++later) {
            CHECK(woken[later].wait_for(std::chrono::seconds(0)) == std::future_status::timeout);
        }
        mount.set_bench(pins[i] + "/drive", "1");
        CHECK(woken[i].get() == "PRI|ERR");
    }
    CHECK(mount.stop() == 0);
}

TEST_CASE("two descriptors: reading one leaves the other pending, a dup shares") {
    NEEDS_MOUNT();
    Wired board;
    board.arm("both");
    const auto first = board.open_value();
    const auto second = board.open_value();
    const gpiofs::UniqueFd shared(::dup(first.get()));
    board.drive(true);
    CHECK(poll_once(first.get(), edge_events, patience) == "PRI|ERR");
    CHECK(poll_once(second.get(), edge_events, patience) == "PRI|ERR");
    CHECK(read_at(shared.get(), 0) == "1\n");
    CHECK(poll_once(first.get(), edge_events, nothing_for) == "timeout");
    CHECK(poll_once(second.get(), edge_events, patience) == "PRI|ERR");
}

TEST_CASE("no edge is lost by rewriting edge and active_low") {
    NEEDS_MOUNT();
    Wired board;
    const auto fd = board.open_value();
    bool level = false;
    for (int round = 0; round < 200; ++round) {
        board.arm(round % 2 == 0 ? "falling" : "rising");
        REQUIRE(write_text(board.input() / "active_low", round % 3 == 0 ? "1" : "0") == "ok");
        board.arm("both");
        REQUIRE(read_at(fd.get(), 0).size() == 2);
        level = !level;
        board.drive(level);
        REQUIRE(poll_once(fd.get(), edge_events, patience) == "PRI|ERR");
    }
}

TEST_CASE("a poll on another file does not switch off waking") {
    NEEDS_MOUNT();
    Wired board;
    board.arm("both");
    const auto direction = open_file(board.input() / "direction", O_RDONLY);
    CHECK(poll_once(direction.get(), edge_events, patience) == "PRI|ERR");
    CHECK(read_at(direction.get(), 0) == "in\n");
    CHECK(poll_once(direction.get(), edge_events, nothing_for) == "timeout");
    const auto fd = board.open_value();
    auto woken = poll_in_background(fd.get());
    REQUIRE(wait_for_sleepers(1));
    board.drive(true);
    CHECK(woken.get() == "PRI|ERR");
}
