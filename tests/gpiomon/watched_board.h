// SPDX-License-Identifier: MIT
#pragma once

#include "support/mount.h"
#include "support/process.h"
#include "support/wait.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace gpiofs::test {

/// A virtual board with the inputs 513 and 514 exported and driven to 0.
class WatchedBoard {
  public:
    explicit WatchedBoard(const std::vector<std::string>& options = {});

    Mount& mount() noexcept { return mount_; }
    fs::path line(unsigned number = 513) const;
    std::string edge(unsigned number = 513) const { return read_text(line(number) / "edge"); }
    /// Drives the pin and makes sure that a sample has seen it.
    void drive(bool level, unsigned number = 513) const;
    /// So many edges, beginning with a rising one.
    void edges(unsigned count, unsigned number = 513) const;

  private:
    Mount mount_;
};

/// One line that mpsse-gpiomon has printed.
struct Printed {
    std::int64_t nanoseconds = 0;
    std::string name;
    std::string edge;
    unsigned long lost = 0;
};

std::vector<Printed> parse_printed(const std::string& text);
/// "rising falling", without times and names; what was lost follows its edge: "rising+3".
std::string edge_words(const std::vector<Printed>& lines);

/// A running mpsse-gpiomon.
class Monitor {
  public:
    explicit Monitor(const std::vector<std::string>& arguments);

    Process& process() noexcept { return process_; }
    /// Waits until it sleeps in poll(): from then on it misses nothing.
    bool watches() const;
    /// Waits until it has printed so many lines, and returns all there are.
    std::vector<Printed> lines(std::size_t count) const;
    std::string out() const { return read_text(folder_.path() / "out"); }
    std::string err() const { return read_text(folder_.path() / "err"); }
    /// Its status once it has ended.
    int wait() { return process_.wait(); }
    int end_by(int signal);

  private:
    TemporaryFolder folder_;
    Process process_;
};

/// mpsse-gpiomon run to its end.
Finished run_monitor(std::vector<std::string> arguments);

/// Whether a text is one line and contains this.
bool is_one_line_with(const std::string& text, const std::string& part);

/// Of the clock that edges are told in.
std::int64_t monotonic_nanoseconds();

}  // namespace gpiofs::test
