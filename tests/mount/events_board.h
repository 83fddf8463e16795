// SPDX-License-Identifier: MIT
#pragma once

#include "support/mount.h"
#include "support/poller.h"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <fcntl.h>
#include <sstream>
#include <string>
#include <vector>

namespace gpiofs::test {

/// Edges that the ring of a line holds.
constexpr unsigned ring_capacity = 4096;

/// A line of `events`.
struct EdgeLine {
    std::int64_t nanoseconds = 0;
    std::string edge;
    unsigned long lost = 0;
};

inline std::vector<EdgeLine> parse_edges(const std::string& text) {
    std::vector<EdgeLine> lines;
    std::istringstream words(text);
    for (EdgeLine line; words >> line.nanoseconds >> line.edge >> line.lost;) {
        lines.push_back(line);
    }
    return lines;
}

/// "rising falling", without times; the lost count follows its edge: "rising+3".
inline std::string edge_words(const std::string& text) {
    std::string words;
    for (const auto& line : parse_edges(text)) {
        words += (words.empty() ? "" : " ") + line.edge +
                 (line.lost == 0 ? "" : "+" + std::to_string(line.lost));
    }
    return words;
}

/// Edges that a text accounts for: its lines and what they say was lost.
inline unsigned long edges_told(const std::string& text) {
    unsigned long told = 0;
    for (const auto& line : parse_edges(text)) {
        told += 1 + line.lost;
    }
    return told;
}

/// Of the clock that `events` shows.
inline std::int64_t monotonic_nanoseconds() {
    return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
}

/// One read(): its text or an errno's name.
std::string read_some(int fd, std::size_t size = 4096);
/// read() after read() up to the end of file, in pieces of this size; an errno's name ends the text
/// where a read fails.
std::string read_to_end(int fd, std::size_t size = 4096);

/// A virtual board with the input 513, driven to 0 from the bench, and armed.
class EventsBoard {
  public:
    explicit EventsBoard(const std::string& armed = "both")
        : mount_({"-o", "timeout_ms=10000", "--simulate", "FT232H"}),
          line_(mount_.export_line(513)) {
        drive(false);
        set("edge", armed);
    }

    Mount& mount() noexcept { return mount_; }
    const fs::path& line() const noexcept { return line_; }
    fs::path events() const { return line_ / "events"; }

    void drive(bool level) const { mount_.set_bench("adbus1/drive", level ? "1" : "0"); }
    /// Drives the pin and makes sure that a sample has seen it.
    void edge(bool level) const {
        drive(level);
        REQUIRE(read_text(line_ / "value").size() == 2);
    }
    /// So many edges, the first of them rising.
    void edges(unsigned count) const {
        for (unsigned i = 0; i < count; ++i) {
            edge(i % 2 == 0);
        }
    }
    void set(const std::string& file, const std::string& text) const {
        REQUIRE(write_text(line_ / file, text) == "ok");
    }
    /// Opened so that a read that would wait fails the test instead of holding it up.
    gpiofs::UniqueFd open() const {
        auto fd = open_file(events(), O_RDONLY | O_NONBLOCK);
        REQUIRE(fd);
        return fd;
    }
    /// What the ring holds; of a file opened for it.
    std::string text() const { return read_to_end(open().get()); }

  private:
    Mount mount_;
    fs::path line_;
};

}  // namespace gpiofs::test
