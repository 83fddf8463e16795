// SPDX-License-Identifier: MIT
#include "events_board.h"
#include "support/skip.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cerrno>
#include <poll.h>
#include <thread>
#include <unistd.h>

using namespace gpiofs::test;

namespace {

std::string alternating(unsigned count) {
    std::string words;
    for (unsigned i = 0; i < count; ++i) {
        words += (i == 0 ? "" : " ") + std::string(i % 2 == 0 ? "rising" : "falling");
    }
    return words;
}

}  // namespace

TEST_CASE("events: every edge is there in order, with the time of its sample") {
    NEEDS_MOUNT();
    EventsBoard board;
    constexpr unsigned count = 40;
    std::vector<std::int64_t> before;
    for (unsigned i = 0; i < count; ++i) {
        before.push_back(monotonic_nanoseconds());
        board.edge(i % 2 == 0);
    }
    before.push_back(monotonic_nanoseconds());
    const auto fd = board.open();
    const auto edges = parse_edges(read_to_end(fd.get()));
    REQUIRE(edges.size() == count);
    for (std::size_t i = 0; i < count; ++i) {
        CHECK(edges[i].edge == (i % 2 == 0 ? "rising" : "falling"));
        CHECK(edges[i].lost == 0);
        CHECK(edges[i].nanoseconds > before[i]);
        CHECK(edges[i].nanoseconds < before[i + 1]);
    }
    CHECK(board.mount().stop() == 0);
}

TEST_CASE("events: the sampler finds pulses that nobody reads") {
    NEEDS_MOUNT();
    EventsBoard board;
    const auto fd = board.open();
    for (int i = 0; i < 3; ++i) {
        board.mount().set_bench("adbus1/pulse", "200000");
        std::string text;
        CHECK(wait_until([&] {
            text += read_to_end(fd.get());
            return edges_told(text) == 2;
        }));
        CHECK(edge_words(text) == "rising falling");
    }
}

TEST_CASE("events: an empty ring is an end of file at once, and reading arms nothing") {
    NEEDS_MOUNT();
    EventsBoard board("none");
    const auto cat = run({"cat", board.events()});
    CHECK(cat.status == 0);
    CHECK(cat.out == "");
    const auto fd = board.open();
    CHECK(read_some(fd.get()) == "");
    CHECK(read_some(fd.get()) == "");
    const auto counters = [&] { return read_text(board.mount() / "sim/0/counters"); };
    const std::string before = counters();
    int ends = 0;
    for (int i = 0; i < 100; ++i) {
        ends += read_some(fd.get()).empty() ? 1 : 0;
    }
    CHECK(ends == 100);
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    CHECK(counters() == before);
    CHECK(board.mount().threads_named("poll") == 0);
    CHECK(read_text(board.line() / "edge") == "none\n");
    CHECK(try_open(board.events(), O_RDONLY) == "ok");
    board.edges(2);
    CHECK(read_some(fd.get()) == "");
    CHECK(board.mount().stop() == 0);
}

TEST_CASE("events: reading does not wait for a silent board") {
    NEEDS_MOUNT();
    EventsBoard board;
    board.edges(2);
    board.mount().set_bench("fault", "timeout -1");
    const auto cat = run({"timeout", "-s", "KILL", "5", "cat", board.events()});
    CHECK(cat.status == 0);
    CHECK(edge_words(cat.out) == "rising falling");
}

TEST_CASE("events: the file ends once where the first read found the end, then goes on") {
    NEEDS_MOUNT();
    EventsBoard board;
    const auto fd = board.open();
    CHECK(read_some(fd.get()) == "");
    board.edges(3);
    CHECK(edge_words(read_some(fd.get())) == "rising falling rising");
    board.edge(false);
    CHECK(read_some(fd.get()) == "");  // whatever has come since
    CHECK(edge_words(read_some(fd.get())) == "falling");
    CHECK(read_some(fd.get()) == "");

    board.edges(3);
    std::string text = read_some(fd.get(), 5);
    CHECK(text.size() == 5);
    board.edge(false);
    board.edge(true);
    text += read_to_end(fd.get());
    CHECK(edge_words(text) == "rising falling rising");
    CHECK(edge_words(read_to_end(fd.get())) == "falling rising");
}

TEST_CASE("events: a reader of a line that never rests comes to an end") {
    NEEDS_MOUNT();
    EventsBoard board;
    REQUIRE(write_text(board.mount() / "gpiochip512/sample_interval_us", "0") == "ok");
    std::jthread toggler([&](const std::stop_token& stop) {
        for (bool level = true; !stop.stop_requested(); level = !level) {
            write_text(board.mount() / "sim/0/adbus1/drive", level ? "1" : "0");
        }
    });
    for (int i = 0; i < 20; ++i) {
        const auto slow = run({"dd", "if=" + board.events().string(), "bs=7", "status=none"});
        REQUIRE(slow.status == 0);
        CHECK(edges_told(slow.out) <= ring_capacity);
    }
}

TEST_CASE("events: every open begins at the oldest edge of the line, and none takes from another") {
    NEEDS_MOUNT();
    EventsBoard board;
    board.edges(4);
    const auto first = board.open();
    const std::string text = read_to_end(first.get());
    CHECK(edge_words(text) == alternating(4));
    const auto second = board.open();
    CHECK(read_to_end(second.get()) == text);
    CHECK(board.text() == text);
    board.edges(1);
    CHECK(edge_words(read_to_end(first.get())) == "rising");
    CHECK(edge_words(read_to_end(second.get())) == "rising");
    CHECK(edge_words(board.text()) == alternating(5));
}

TEST_CASE("events: dup and fork share the cursor") {
    NEEDS_MOUNT();
    EventsBoard board;
    const auto fd = board.open();
    const gpiofs::UniqueFd shared(::dup(fd.get()));
    board.edges(4);
    const std::string text = board.text();
    const std::size_t two_lines = text.find('\n', text.find('\n') + 1) + 1;
    CHECK(read_some(fd.get(), two_lines) == text.substr(0, two_lines));
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        const std::string third = read_some(fd.get(), text.find('\n', two_lines) + 1 - two_lines);
        ::_exit(edge_words(third) == "rising" ? 0 : 1);
    }
    int status = -1;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
    CHECK(edge_words(read_some(shared.get())) == "falling");
    CHECK(read_some(fd.get()) == "");
    board.edge(true);
    CHECK(edge_words(read_some(shared.get())) == "rising");
    CHECK(read_some(fd.get()) == "");
}

TEST_CASE("events: reads of any size lose no byte and join whole lines") {
    NEEDS_MOUNT();
    EventsBoard board;
    board.edges(6);
    const std::string text = board.text();
    REQUIRE(edge_words(text) == alternating(6));
    for (const std::size_t size : {1U, 2U, 10U, 31U, 100U, 4096U, 1U << 20U}) {
        CAPTURE(size);
        const auto fd = board.open();
        CHECK(read_to_end(fd.get(), size) == text);
        CHECK(read_some(fd.get()) == "");
    }
    const auto fd = board.open();
    CHECK(read_some(fd.get(), 5) == text.substr(0, 5));
    CHECK(read_to_end(fd.get()) == text.substr(5));
}

TEST_CASE("events: a full ring is read whole, in one read and in many") {
    NEEDS_MOUNT();
    EventsBoard board;
    board.edges(ring_capacity);
    for (const std::size_t size : {100U, 4096U, 1U << 20U}) {
        CAPTURE(size);
        const auto fd = board.open();
        const auto edges = parse_edges(read_to_end(fd.get(), size));
        REQUIRE(edges.size() == ring_capacity);
        for (std::size_t i = 0; i < edges.size(); ++i) {
            REQUIRE(edges[i].lost == 0);
            REQUIRE(edges[i].edge == (i % 2 == 0 ? "rising" : "falling"));
            REQUIRE((i == 0 || edges[i].nanoseconds > edges[i - 1].nanoseconds));
        }
    }
}

TEST_CASE("events: a cursor that was overrun is told exactly how many edges it missed") {
    NEEDS_MOUNT();
    EventsBoard board;
    const auto slow = board.open();
    board.edges(6);
    const auto begun = board.open();
    REQUIRE(edge_words(read_to_end(begun.get())) == alternating(6));
    const auto in_a_line = board.open();
    std::string pieces = read_some(in_a_line.get(), 5);
    constexpr unsigned more = ring_capacity + 300;
    board.edges(more);

    auto edges = parse_edges(read_to_end(slow.get()));
    REQUIRE(edges.size() == ring_capacity);
    CHECK(edges.front().lost == 306);
    for (std::size_t i = 1; i < edges.size(); ++i) {
        REQUIRE(edges[i].lost == 0);
        REQUIRE(edges[i].edge != edges[i - 1].edge);
    }
    CHECK(edges.back().edge == "falling");

    edges = parse_edges(read_to_end(begun.get()));
    REQUIRE(edges.size() == ring_capacity);
    CHECK(edges.front().lost == 300);

    // The line that was begun is given to its end; nothing is counted twice.
    for (int i = 0; i < 2; ++i) {
        pieces += read_to_end(in_a_line.get());
    }
    CHECK(pieces.starts_with(std::to_string(parse_edges(pieces).front().nanoseconds) +
                             " rising 0\n"));
    CHECK(edges_told(pieces) == 6 + more);

    // A file that is opened now begins at the oldest and has missed nothing since.
    const auto late = board.open();
    edges = parse_edges(read_to_end(late.get()));
    REQUIRE(edges.size() == ring_capacity);
    CHECK(edges.front().lost == 0);

    board.edge(true);
    for (const auto* fd : {&slow, &begun, &in_a_line, &late}) {
        CHECK(edge_words(read_to_end(fd->get())) == "rising");
    }
}

TEST_CASE("events: an overrun between two reads ends the file early, and loses no count") {
    NEEDS_MOUNT();
    EventsBoard board;
    board.edges(100);
    const auto fd = board.open();
    std::string text = read_some(fd.get(), 200);
    REQUIRE(text.size() > 100);
    board.edges(ring_capacity + 50);
    for (int i = 0; i < 3; ++i) {
        text += read_to_end(fd.get());
    }
    CHECK(edges_told(text) == 100 + ring_capacity + 50);
}

TEST_CASE("events: edge chooses what is recorded, when it comes") {
    NEEDS_MOUNT();
    EventsBoard board("rising");
    const auto fd = board.open();
    board.edges(4);
    board.set("edge", "falling");
    board.edges(2);
    board.set("edge", "none");
    board.edges(2);
    board.set("edge", "both");
    board.edges(2);
    CHECK(edge_words(read_to_end(fd.get())) == "rising rising falling rising falling");
    board.set("edge", "none");
    board.edges(2);
    CHECK(read_to_end(fd.get()) == "");
    CHECK(edge_words(board.text()) == "rising rising falling rising falling");
    CHECK(board.mount().stop() == 0);
}

TEST_CASE("events: active_low turns the words round, for edges that come after it") {
    NEEDS_MOUNT();
    EventsBoard board;
    const auto fd = board.open();
    board.edges(2);
    board.set("active_low", "1");
    board.edges(2);
    CHECK(edge_words(read_to_end(fd.get())) == "rising falling falling rising");
    board.set("edge", "rising");
    board.edges(2);  // the second of them is a rising one of an active low line
    CHECK(edge_words(read_to_end(fd.get())) == "rising");
    board.set("active_low", "0");
    board.edges(2);
    CHECK(edge_words(read_to_end(fd.get())) == "rising");
}

TEST_CASE("events: readers change nothing for pollers of value, nor they for them") {
    NEEDS_MOUNT();
    EventsBoard board;
    const auto value = open_file(board.line() / "value", O_RDONLY);
    REQUIRE(read_at(value.get(), 0) == "0\n");
    const auto fd = board.open();
    board.edge(true);
    CHECK(edge_words(read_to_end(fd.get())) == "rising");
    CHECK(poll_once(value.get(), POLLPRI, patience) == "PRI|ERR");
    REQUIRE(read_at(value.get(), 0) == "1\n");
    board.edge(false);
    CHECK(poll_once(value.get(), POLLPRI, patience) == "PRI|ERR");
    REQUIRE(read_at(value.get(), 0) == "0\n");
    CHECK(edge_words(read_to_end(fd.get())) == "falling");
}

TEST_CASE("events: a file that is only read, of outputs too, in the legacy tree alone") {
    NEEDS_MOUNT();
    EventsBoard board;
    struct stat status {};
    REQUIRE(::stat(board.events().c_str(), &status) == 0);
    CHECK(status.st_mode == (S_IFREG | 0444));
    CHECK(try_open(board.events(), O_WRONLY) == "EACCES");
    CHECK(try_open(board.events(), O_RDWR) == "EACCES");
    CHECK(try_open(board.mount() / "chip0/gpio1/events", O_RDONLY) == "ENOENT");

    const auto output = board.mount().export_line(514);
    REQUIRE(write_text(output / "direction", "out") == "ok");
    const auto fd = open_file(output / "events", O_RDONLY | O_NONBLOCK);
    REQUIRE(fd);
    CHECK(read_some(fd.get()) == "");

    // What came while the line was an input stays when it becomes an output, and nothing is added.
    board.edges(2);
    board.set("direction", "low");
    for (const char* level : {"1", "0", "1"}) {
        board.set("value", level);
    }
    CHECK(edge_words(board.text()) == "rising falling");
    CHECK(read_text(board.line() / "edge") == "both\n");
    CHECK(board.mount().stop() == 0);
}
