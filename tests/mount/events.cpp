#include "events_board.h"
#include "sanitizer.h"
#include "support/skip.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <set>
#include <sstream>
#include <thread>
#include <unistd.h>

using namespace gpiofs::test;

namespace {

/// As gpio::EventQueue holds at most.
constexpr unsigned queue_capacity = 4096;

/// The text a program has printed so far.
std::size_t lines_in(const fs::path& file) {
    const std::string text = read_text(file);
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

bool armed(const Mount& mount) { return mount.threads_named("poll") == 1; }
bool disarmed(const Mount& mount) { return mount.threads_named("poll") == 0; }

}  // namespace

TEST_CASE("events: a shell loop has every edge in order with its time, and ends on unexport") {
    NEEDS_MOUNT();
    EventsBoard board;
    const TemporaryFolder folder;
    const auto output = folder.path() / "out";
    Process script({"sh", "-euc",
                    fmt::format("while read -r ns edge lost; do echo $ns $edge $lost; done < {}; "
                                "echo ended",
                                board.events().string())},
                   output);
    REQUIRE(wait_until([&] { return armed(board.mount()); }));
    constexpr unsigned count = 40;
    std::vector<long> before;
    for (unsigned i = 0; i < count; ++i) {
        before.push_back(monotonic_nanoseconds());
        board.edge(i % 2 == 0);
    }
    before.push_back(monotonic_nanoseconds());
    CHECK(wait_until([&] { return lines_in(output) == count; }));
    CHECK(write_text(board.mount() / "unexport", "513") == "ok");
    CHECK(script.wait() == 0);
    const std::string text = read_text(output);
    CHECK(text.ends_with("\nended\n"));
    const auto edges = parse_edges(text);
    REQUIRE(edges.size() == count);
    for (std::size_t i = 0; i < count; ++i) {
        CHECK(edges[i].edge == (i % 2 == 0 ? "rising" : "falling"));
        CHECK(edges[i].lost == 0);
        CHECK(edges[i].nanoseconds > before[i]);
        CHECK(edges[i].nanoseconds < before[i + 1]);
    }
    CHECK(board.mount().stop() == 0);
}

TEST_CASE("events: pulses that nobody asks for are found by the sampler") {
    NEEDS_MOUNT();
    EventsBoard board;
    const auto fd = board.open();
    for (int i = 0; i < 3; ++i) {
        board.mount().set_bench("adbus1/pulse", "200000");
        CHECK(edge_words(read_edges(fd.get(), 2)) == "rising falling");
    }
}

TEST_CASE("events: a slow reader is told exactly how many it has lost") {
    NEEDS_MOUNT();
    EventsBoard board;
    const auto fd = board.open();
    constexpr unsigned lost = 301;
    board.edges(queue_capacity + lost);
    const auto edges = parse_edges(read_edges(fd.get(), queue_capacity));
    REQUIRE(edges.size() == queue_capacity);
    CHECK(edges.front().lost == lost);
    for (std::size_t i = 1; i < edges.size(); ++i) {
        REQUIRE(edges[i].lost == 0);
        REQUIRE(edges[i].edge != edges[i - 1].edge);
        REQUIRE(edges[i].nanoseconds > edges[i - 1].nanoseconds);
    }
    // The oldest went: what is left ends with how the line is now, and goes on from there.
    CHECK(edges.back().edge == "rising");
    board.edge(false);
    CHECK(edge_words(read_some(fd.get())) == "falling");
}

TEST_CASE("events: reads of any size lose no byte and join whole lines") {
    NEEDS_MOUNT();
    EventsBoard board;
    const auto reference = board.open();
    for (const std::size_t size : {1U, 10U, 4096U}) {
        CAPTURE(size);
        const auto fd = board.open();
        board.edges(6);
        const std::string text = read_edges(fd.get(), 6, size);
        CHECK(text == read_some(reference.get()));
        CHECK(edge_words(text) == "rising falling rising falling rising falling");
    }
    const auto fd = board.open();
    board.edges(6);
    const std::string text = read_some(reference.get(), std::size_t{1} << 20);
    REQUIRE(edge_words(text) == "rising falling rising falling rising falling");
    // What is read next if the last line that is wanted ends there, and most of one more would fit.
    auto read_to = [&, at = std::size_t{0}](int line) mutable {
        std::size_t end = 0;
        for (int i = 0; i < line; ++i) {
            end = text.find('\n', end) + 1;
        }
        const std::string expected = text.substr(at, end - at);
        at = end;
        return read_some(fd.get(), expected.size() + 10) == expected;
    };
    CHECK(read_to(2));
    CHECK(read_to(3));
    const std::string piece = read_some(fd.get(), 5);
    const std::string rest = read_some(fd.get());
    CHECK(piece.size() == 5);
    CHECK(text.ends_with(piece + rest));
    CHECK(edge_words(piece + rest) == "falling rising falling");
}

TEST_CASE("events: who waits and who comes later both find the end, after the edges before it") {
    NEEDS_MOUNT();
    for (const std::string end : {"unexport", "unplug", "SIGTERM"}) {
        CAPTURE(end);
        EventsBoard board;
        const auto late = board.open();
        board.edges(2);
        const auto waiting = board.open();
        auto read = read_in_background(waiting.get());
        if (end == "unexport") {
            CHECK(write_text(board.mount() / "unexport", "513") == "ok");
        } else if (end == "unplug") {
            board.mount().set_bench("plugged", "0");
        } else {
            board.mount().process().signal(SIGTERM);
        }
        CHECK(read.get().empty());
        CHECK(edge_words(read_some(late.get())) == "rising falling");
        CHECK(read_some(late.get()).empty());
        if (end == "SIGTERM") {
            CHECK(board.mount().process().wait() == 0);
        } else {
            CHECK(try_open(board.events(), O_RDONLY) == "ENOENT");
            CHECK(wait_until([&] { return disarmed(board.mount()); }));
            CHECK(board.mount().stop() == 0);
        }
    }
}

TEST_CASE("events: every reader has every edge; descriptors made with dup share them") {
    NEEDS_MOUNT();
    EventsBoard board;
    std::vector<gpiofs::UniqueFd> fds;
    std::vector<std::future<std::string>> reads;
    for (int i = 0; i < 20; ++i) {
        fds.push_back(board.open());
        reads.push_back(read_in_background(fds.back().get()));
    }
    // They wait without holding a thread.
    CHECK(wait_until([&] { return board.mount().threads_at_a_request() == sanitizer_threads; }));
    board.edge(true);
    std::set<std::string> texts;
    for (auto& read : reads) {
        texts.insert(read.get());
    }
    REQUIRE(texts.size() == 1);
    CHECK(edge_words(*texts.begin()) == "rising");

    const gpiofs::UniqueFd shared(::dup(fds.front().get()));
    auto first = read_in_background(fds.front().get());
    auto second = read_in_background(shared.get());
    board.edge(false);
    board.edge(true);
    CHECK(edge_words(first.get()) == "falling");
    CHECK(edge_words(second.get()) == "rising");
    CHECK(board.mount().stop() == 0);
}

TEST_CASE("events: a reader is killed at once, also one that shares its file with another") {
    NEEDS_MOUNT();
    EventsBoard board;
    const TemporaryFolder folder;
    Process shell_with_two(
        {"sh", "-uc",
         fmt::format("exec 3< {}; cat <&3 & echo $!; cat <&3 & echo $!; wait; echo gone",
                     board.events().string())},
        folder.path() / "out");
    std::array<pid_t, 2> readers{};
    REQUIRE(wait_until([&] {
        std::istringstream text(read_text(folder.path() / "out"));
        return static_cast<bool>(text >> readers[0] >> readers[1]);
    }));
    for (const pid_t reader : readers) {
        REQUIRE(wait_until(
            [&] { return read_text(fmt::format("/proc/{}/syscall", reader)).starts_with("0 "); }));
    }
    // The second first: it would wait for the first.
    for (const pid_t reader : {readers[1], readers[0]}) {
        ::kill(reader, SIGTERM);
        CHECK(wait_until([&] {
            const std::string state = read_text(fmt::format("/proc/{}/stat", reader));
            return state == "ENOENT" || state == "ESRCH" || state.find(") Z") != std::string::npos;
        }));
    }
    CHECK(shell_with_two.wait() == 0);
    CHECK(wait_until([&] { return disarmed(board.mount()); }));
    CHECK(board.mount().stop() == 0);
}

TEST_CASE("events: the file is a stream that is only read, where the line can have edges") {
    NEEDS_MOUNT();
    EventsBoard board;
    struct stat status {};
    REQUIRE(::stat(board.events().c_str(), &status) == 0);
    CHECK(status.st_mode == (S_IFREG | 0444));
    CHECK(try_open(board.events(), O_WRONLY) == "EACCES");
    CHECK(try_open(board.events(), O_RDWR) == "EACCES");
    const auto fd = board.open();
    CHECK(::lseek(fd.get(), 0, SEEK_CUR) == -1);
    CHECK(errno == ESPIPE);
    CHECK(read_at(fd.get(), 0) == "ESPIPE");
    CHECK(try_open(board.mount() / "chip0/gpio1/events", O_RDONLY) == "ENOENT");

    const auto output = board.mount().export_line(514);
    REQUIRE(write_text(output / "direction", "out") == "ok");
    CHECK(try_open(output / "events", O_RDONLY) == "EIO");
    CHECK(board.mount().stop() == 0);

    Mount bryx({"--simulate", "FT232H,id=0403:6988"});
    CHECK(try_open(bryx.export_line(515) / "events", O_RDONLY) == "ENOENT");
    CHECK(try_open(bryx.export_line(517) / "events", O_RDONLY) == "ok");
    CHECK(bryx.stop() == 0);
}

TEST_CASE("events: the board is sampled while a reader is there, and no longer") {
    NEEDS_MOUNT();
    EventsBoard board;
    const auto counters = [&] { return read_text(board.mount() / "sim/0/counters"); };
    const auto quiet = [&] {
        const std::string before = counters();
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
        return counters() == before;
    };
    CHECK(quiet());
    {
        const auto first = board.open();
        { const auto second = board.open(); }
        CHECK_FALSE(quiet());
        CHECK(read_text(board.line() / "edge") == "none\n");
    }
    CHECK(wait_until([&] { return disarmed(board.mount()); }));
    CHECK(quiet());
    // Nobody is left armed who could not be opened, or was killed while he was.
    board.set("direction", "out");
    CHECK(try_open(board.events(), O_RDONLY) == "EIO");
    CHECK(disarmed(board.mount()));
    board.set("direction", "in");
    board.mount().set_bench("fault", "timeout 1");
    CHECK(try_open(board.events(), O_RDONLY) == "ETIMEDOUT");
    CHECK(disarmed(board.mount()));
    CHECK(board.mount().stop() == 0);
}

TEST_CASE("events: an open that is killed before its sample has come arms nothing") {
    NEEDS_MOUNT();
    EventsBoard board({"-o", "timeout_ms=3000"});
    board.mount().set_bench("fault", "nak 3");
    const TemporaryFolder folder;
    Process reader({"cat", board.events()}, folder.path() / "out");
    REQUIRE(wait_until([&] {
        return read_text(fmt::format("/proc/{}/wchan", reader.pid())).find("wait") !=
               std::string::npos;
    }));
    reader.signal(SIGKILL);
    CHECK(reader.wait() == 128 + SIGKILL);
    board.mount().set_bench("fault", "0");
    CHECK(wait_until([&] { return read_text(board.line() / "value") == "0\n"; }));
    CHECK(wait_until([&] { return disarmed(board.mount()); }));
    CHECK(board.mount().stop() == 0);
}
