// SPDX-License-Identifier: MIT
#include "events_board.h"
#include "sanitizer.h"
#include "support/skip.h"

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>

using namespace gpiofs::test;
using namespace std::chrono_literals;

namespace {

/// A script with the line's folder as $1; its standard output. It must succeed and say nothing.
std::string said(const EventsBoard& board, const std::string& interpreter,
                 const std::string& script) {
    const auto result = run({interpreter, "-euc", script, interpreter, board.line()});
    CHECK(result.status == 0);
    CHECK(result.err == "");
    return result.out;
}

}  // namespace

TEST_CASE("events: cat, cp and dd have the whole text and end") {
    NEEDS_MOUNT();
    EventsBoard board;
    board.edges(200);
    const std::string text = board.text();
    REQUIRE(edges_told(text) == 200);
    const TemporaryFolder folder;
    const auto copy = folder.path() / "copy";
    CHECK(said(board, "sh", "cat \"$1/events\"") == text);
    CHECK(said(board, "sh", "cat <\"$1/events\"") == text);
    CHECK(said(board, "sh", "dd bs=10 status=none <\"$1/events\"") == text);
    CHECK(said(board, "sh", "cp \"$1/events\" " + copy.string()) == "");
    CHECK(read_text(copy) == text);
}

TEST_CASE("events: head -n1 has the oldest edge") {
    NEEDS_MOUNT();
    EventsBoard board;
    board.edges(200);
    const std::string text = board.text();
    const auto head = run({"head", "-n1", board.events()});
    CHECK(head.status == 0);
    CHECK(head.out == text.substr(0, text.find('\n') + 1));
}

TEST_CASE("events: while read has every edge once, in dash and in bash, and ends") {
    NEEDS_MOUNT();
    EventsBoard board;
    board.edges(200);
    const std::string text = board.text();
    for (const std::string interpreter : {"sh", "bash"}) {
        CAPTURE(interpreter);
        CHECK(said(board, interpreter,
                   R"(while read -r ns edge lost; do echo "$ns $edge $lost"; done <"$1/events")") ==
              text);
        // One descriptor, on which a later loop goes on after the end.
        CHECK(said(board, interpreter, R"(exec 3<"$1/events"
            while read -r ns edge lost <&3; do echo "$ns $edge $lost"; done
            read -r ns edge lost <&3 || echo end)") == text + "end\n");
    }
}

TEST_CASE("events: bash read -t does not wait where there is nothing") {
    NEEDS_MOUNT();
    EventsBoard board;
    const auto start = std::chrono::steady_clock::now();
    CHECK(said(board, "bash", R"(exec 3<"$1/events"
        read -t 10 -r line <&3 && echo "read '$line'" || echo nothing)") == "nothing\n");
    CHECK(std::chrono::steady_clock::now() - start < 8s);
    board.edges(1);
    const std::string text = board.text();
    CHECK(said(board, "bash", R"(exec 3<"$1/events"
        read -t 10 -r line <&3
        echo "$line")") == text);
}

TEST_CASE("events: 5000 open files that nobody reads cost no memory") {
    NEEDS_MOUNT();
    constexpr std::size_t count = 5000;
    rlimit files{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &files) == 0);
    const rlimit before = files;
    files.rlim_cur = std::max<rlim_t>(files.rlim_cur, count + 200);
    files.rlim_max = std::max(files.rlim_max, files.rlim_cur);
    if (::setrlimit(RLIMIT_NOFILE, &files) != 0) {
        SKIP_TEST("RLIMIT_NOFILE cannot be raised");
    }
    {
        EventsBoard board;
        REQUIRE(write_text(board.mount() / "gpiochip512/sample_interval_us", "0") == "ok");
        std::jthread toggler([&](const std::stop_token& stop) {
            for (bool level = true; !stop.stop_requested(); level = !level) {
                write_text(board.mount() / "sim/0/adbus1/drive", level ? "1" : "0");
            }
        });
        const auto pin_edges = [&] { return std::stoul(board.mount().bench("adbus1/edges")); };
        // The ring is there before memory is measured.
        REQUIRE(wait_until([&] { return pin_edges() > 100; }));
        const long resident_kib = board.mount().resident_kib();
        std::vector<gpiofs::UniqueFd> fds;
        for (std::size_t i = 0; i < count; ++i) {
            fds.push_back(board.open());
        }
        const auto edges_before = pin_edges();
        CHECK(wait_until([&] { return pin_edges() > edges_before + 100; }));
        CHECK(edges_told(read_some(fds.back().get(), 65536)) > 0);
        const long grown_kib = board.mount().resident_kib() - resident_kib;
        MESSAGE("grown by " << grown_kib << " KiB");
        if (sanitizers == "") {  // which use memory of their own
            CHECK(grown_kib < 2048);
        }
        toggler.request_stop();
        toggler.join();
        fds.clear();
        CHECK(board.mount().stop() == 0);
    }
    ::setrlimit(RLIMIT_NOFILE, &before);
}
