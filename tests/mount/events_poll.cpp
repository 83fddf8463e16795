#include "events_board.h"
#include "support/poller.h"
#include "support/skip.h"

#include <doctest/doctest.h>
#include <sys/epoll.h>
#include <sys/select.h>

#include <atomic>
#include <csignal>
#include <functional>
#include <poll.h>
#include <pthread.h>
#include <thread>
#include <unistd.h>

using namespace gpiofs::test;

namespace {

constexpr short all_events = POLLIN | POLLPRI | POLLOUT;
/// How long a poll waits that is expected to see nothing: hundreds of sample intervals.
constexpr auto nothing_for = std::chrono::milliseconds(300);

std::string select_once(int fd, std::chrono::milliseconds limit) {
    fd_set reads;
    fd_set urgent;
    FD_ZERO(&reads);
    FD_ZERO(&urgent);
    FD_SET(fd, &reads);
    FD_SET(fd, &urgent);
    timeval time{limit.count() / 1000, limit.count() % 1000 * 1000};
    if (::select(fd + 1, &reads, nullptr, &urgent, &time) <= 0) {
        return "timeout";
    }
    return std::string(FD_ISSET(fd, &reads) ? "IN" : "") + (FD_ISSET(fd, &urgent) ? "PRI" : "");
}

/// What a thread's read() said that was hit by signals until it ended.
struct Interrupted {
    std::string first;
    std::string second;
};

Interrupted read_under_signals(int fd, int flags, const std::function<void()>& meanwhile) {
    struct sigaction action {};
    struct sigaction before {};
    action.sa_handler = [](int) {};
    action.sa_flags = flags;
    ::sigaction(SIGUSR2, &action, &before);
    Interrupted result;
    std::atomic<bool> first_over = false;
    const std::size_t asleep = sleeping_readers();
    std::thread reader([&] {
        result.first = read_some(fd);
        first_over = true;
        result.second = read_some(fd);
    });
    CHECK(wait_until([&] { return sleeping_readers() > asleep; }));
    ::pthread_kill(reader.native_handle(), SIGUSR2);
    CHECK(wait_until([&] { return first_over.load(); }));
    CHECK(wait_until([&] { return sleeping_readers() > asleep; }));
    meanwhile();
    reader.join();
    ::sigaction(SIGUSR2, &before, nullptr);
    return result;
}

}  // namespace

TEST_CASE("events: poll says that there is something to read when there is, and nothing else") {
    NEEDS_MOUNT();
    EventsBoard board;
    const auto fd = board.open();
    CHECK(poll_once(fd.get(), all_events, nothing_for) == "timeout");
    board.edges(2);
    CHECK(poll_once(fd.get(), all_events, patience) == "IN");
    CHECK(select_once(fd.get(), patience) == "IN");
    // A line that was begun is something to read.
    const std::string piece = read_some(fd.get(), 3);
    CHECK(poll_once(fd.get(), all_events, patience) == "IN");
    CHECK(edge_words(piece + read_some(fd.get())) == "rising falling");
    CHECK(poll_once(fd.get(), all_events, nothing_for) == "timeout");
    CHECK(select_once(fd.get(), nothing_for) == "timeout");
    board.edges(1);
    CHECK(write_text(board.mount() / "unexport", "513") == "ok");
    CHECK(poll_once(fd.get(), all_events, patience) == "IN|HUP");
    CHECK(edge_words(read_some(fd.get())) == "rising");
    CHECK(poll_once(fd.get(), all_events, patience) == "IN|HUP");
    CHECK(select_once(fd.get(), patience) == "IN");
    CHECK(read_some(fd.get()).empty());
    CHECK(board.mount().stop() == 0);
}

TEST_CASE("events: sleepers in poll and epoll are woken by an edge and by the end") {
    NEEDS_MOUNT();
    EventsBoard board;
    const auto fd = board.open();
    const gpiofs::UniqueFd set(::epoll_create1(EPOLL_CLOEXEC));
    epoll_event event{EPOLLIN, {}};
    REQUIRE(::epoll_ctl(set.get(), EPOLL_CTL_ADD, fd.get(), &event) == 0);
    const auto wait = [&] {
        epoll_event got{};
        const int count =
            ::epoll_wait(set.get(), &got, 1, static_cast<int>(patience.count()) * 1000);
        return count == 1 ? event_names(got.events) : "timeout";
    };
    for (const std::string expected : {"IN", "IN", "IN|HUP"}) {
        auto polled = std::async(std::launch::async, poll_once, fd.get(), short{POLLIN},
                                 std::chrono::milliseconds(patience));
        auto waited = std::async(std::launch::async, wait);
        REQUIRE(wait_for_sleepers(2));
        if (expected == "IN") {
            board.edge(read_text(board.line() / "value") == "0\n");
        } else {
            board.mount().set_bench("plugged", "0");
        }
        CHECK(polled.get() == expected);
        CHECK(waited.get() == expected);
        CHECK(read_some(fd.get()).empty() == (expected != "IN"));
    }
    CHECK(board.mount().stop() == 0);
}

TEST_CASE("events: with O_NONBLOCK a read never waits") {
    NEEDS_MOUNT();
    EventsBoard board;
    const auto fd = board.open(O_NONBLOCK);
    CHECK(read_some(fd.get()) == "EAGAIN");
    board.edges(1);
    CHECK(edge_words(read_some(fd.get())) == "rising");
    CHECK(read_some(fd.get()) == "EAGAIN");
    const auto later = board.open();
    REQUIRE(::fcntl(later.get(), F_SETFL, O_NONBLOCK) == 0);
    CHECK(read_some(later.get()) == "EAGAIN");
    CHECK(write_text(board.mount() / "unexport", "513") == "ok");
    CHECK(read_some(fd.get()).empty());
}

TEST_CASE("events: a signal interrupts a read, and the edge after it is not lost") {
    NEEDS_MOUNT();
    EventsBoard board;
    const auto fd = board.open();
    // FUSE has no way to have a read restarted, so SA_RESTART makes no difference.
    for (const int flags : {0, SA_RESTART}) {
        CAPTURE(flags);
        const bool level = flags == 0;
        const auto read = read_under_signals(fd.get(), flags, [&] { board.edge(level); });
        CHECK(read.first == "EINTR");
        CHECK(edge_words(read.second) == (level ? "rising" : "falling"));
    }
    CHECK(board.mount().stop() == 0);
}

TEST_CASE("events: signals at any moment lose no edge and repeat none") {
    NEEDS_MOUNT();
    EventsBoard board;
    const auto fd = board.open();
    struct sigaction action {};
    struct sigaction before {};
    action.sa_handler = [](int) {};
    ::sigaction(SIGUSR2, &action, &before);
    constexpr unsigned count = 300;
    std::atomic<bool> over = false;
    std::string text;
    std::thread reader([&] {
        while (true) {
            const std::string part = read_some(fd.get());
            if (part.empty()) {
                break;
            }
            text += part == "EINTR" ? "" : part;
        }
        over = true;
        while (over) {
            std::this_thread::yield();  // a thread that has ended cannot be signalled
        }
    });
    std::thread driver([&] {
        board.edges(count);
        write_text(board.mount() / "unexport", "513");
    });
    const auto handle = reader.native_handle();
    while (!over) {
        ::pthread_kill(handle, SIGUSR2);
        std::this_thread::sleep_for(std::chrono::microseconds(100));
    }
    over = false;
    reader.join();
    driver.join();
    ::sigaction(SIGUSR2, &before, nullptr);
    const auto edges = parse_edges(text);
    REQUIRE(edges.size() == count);
    for (std::size_t i = 0; i < count; ++i) {
        REQUIRE(edges[i].edge == (i % 2 == 0 ? "rising" : "falling"));
    }
    CHECK(board.mount().stop() == 0);
}

TEST_CASE("events: readers and pollers of value see what they asked for, whatever the others do") {
    NEEDS_MOUNT();
    EventsBoard board;
    const auto value = open_file(board.line() / "value", O_RDONLY);
    REQUIRE(read_at(value.get(), 0) == "0\n");
    const auto fd = board.open();
    // edge is none: the reader has both, a poller of value nothing.
    board.edge(true);
    CHECK(edge_words(read_some(fd.get())) == "rising");
    CHECK(poll_once(value.get(), POLLPRI, nothing_for) == "timeout");
    REQUIRE(read_at(value.get(), 0) == "1\n");
    // With an edge both have that one.
    board.set("edge", "falling");
    board.edge(false);
    board.edge(true);
    CHECK(edge_words(read_some(fd.get())) == "falling");
    CHECK(poll_once(value.get(), POLLPRI, patience) == "PRI|ERR");
    REQUIRE(read_at(value.get(), 0) == "1\n");
    board.set("edge", "none");
    board.edges(2);
    CHECK(poll_once(value.get(), POLLPRI, nothing_for) == "timeout");
    CHECK(edge_words(read_some(fd.get())) == "falling");
    CHECK(board.mount().stop() == 0);
}

TEST_CASE("events: a reader follows edge and active_low") {
    NEEDS_MOUNT();
    EventsBoard board;
    board.set("edge", "rising");
    const auto fd = board.open();
    board.edges(4);
    CHECK(edge_words(read_some(fd.get())) == "rising rising");
    board.set("active_low", "1");
    board.edges(4);
    CHECK(edge_words(read_some(fd.get())) == "rising rising");
    board.set("edge", "both");
    board.edges(2);
    CHECK(edge_words(read_some(fd.get())) == "falling rising");
    board.set("active_low", "0");
    board.edges(2);
    CHECK(edge_words(read_some(fd.get())) == "rising falling");
}
