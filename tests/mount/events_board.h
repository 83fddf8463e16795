#pragma once

#include "support/mount.h"
#include "support/poller.h"

#include <doctest/doctest.h>
#include <sys/syscall.h>

#include <chrono>
#include <fcntl.h>
#include <future>
#include <string>
#include <vector>

namespace gpiofs::test {

/// A line of `events`.
struct EdgeLine {
    long nanoseconds = 0;
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

/// "rising falling", without times; what was lost follows its edge: "rising+3".
inline std::string edge_words(const std::string& text) {
    std::string words;
    for (const auto& line : parse_edges(text)) {
        words += (words.empty() ? "" : " ") + line.edge +
                 (line.lost == 0 ? "" : "+" + std::to_string(line.lost));
    }
    return words;
}

/// Of the clock that `events` shows.
inline long monotonic_nanoseconds() {
    return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
}

/// A virtual board with the input 513, driven to 0 from the bench.
class EventsBoard {
  public:
    explicit EventsBoard(const std::vector<std::string>& options = {})
        : mount_(arguments(options)), line_(mount_.export_line(513)) {
        drive(false);
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
    void edges(unsigned count) const {
        for (unsigned i = 0; i < count; ++i) {
            edge(i % 2 == 0);
        }
    }
    void set(const std::string& file, const std::string& text) const {
        REQUIRE(write_text(line_ / file, text) == "ok");
    }
    gpiofs::UniqueFd open(int flags = 0) const {
        auto fd = open_file(events(), O_RDONLY | flags);
        REQUIRE(fd);
        return fd;
    }

  private:
    static std::vector<std::string> arguments(std::vector<std::string> options) {
        options.insert(options.end(), {"--simulate", "FT232H"});
        return options;
    }

    Mount mount_;
    fs::path line_;
};

/// One read(): its text or an errno's name.
std::string read_some(int fd, std::size_t size = 4096);

/// Reads until `edges` lines are complete; shorter at the end of the file.
std::string read_edges(int fd, std::size_t edges, std::size_t size = 4096);

/// Threads of this process that sleep in read().
std::size_t sleeping_readers();

/// A thread in read(); it sleeps when this returns.
std::future<std::string> read_in_background(int fd, std::size_t size = 4096);

}  // namespace gpiofs::test
