// SPDX-License-Identifier: MIT
#pragma once

#include "base/unique_fd.h"
#include "stress/journal.h"
#include "support/mount.h"

#include <atomic>
#include <optional>
#include <thread>

namespace gpiofs::test {

/// An output of board 0 and the input that it is wired to, whose edges the board counts: somebody
/// toggles the output, one write after the other, while somebody polls the input and somebody reads
/// its events. In the end it all has to add up:
///
/// * The board has counted as many edges as were written. Levels alternate, so a write that was
///   dropped, doubled or overtaken by the next shows.
/// * Streamed, every edge is an event: between two writes there is always a sample, because the
///   second goes into a later batch than the first.
/// * Sampled, an even number of edges between two samples is none and an odd number is one: events
///   alternate, there are no more of them than edges, and both numbers are even or both odd.
/// * Somebody who polls is woken at most once for each event, because events between a wake-up and
///   the read that follows it are one (kernfs counts, and an open file keeps the count it has
///   seen). Afterwards nothing is left to be told, and the last level that was read is the line's.
class CountedLine {
  public:
    CountedLine(Mount& mount, Journal& journal) : mount_(mount), journal_(journal) {}
    CountedLine(const CountedLine&) = delete;
    CountedLine& operator=(const CountedLine&) = delete;
    ~CountedLine();

    /// Wires the two; once.
    static void prepare_bench(const Mount& mount);

    /// Exports both and starts everybody. Throws std::runtime_error where that fails.
    void begin(bool streamed);
    /// Stops everybody, adds up, and unexports both.
    void end();

    long writes() const noexcept { return writes_; }
    long events() const noexcept { return events_; }
    long wakes() const noexcept { return wakes_; }

  private:
    void toggle();
    void read_events();
    void take_event(const std::string& line);
    void poll_value();
    long counted() const;
    void add_up();
    void expect(bool right, const char* what);

    Mount& mount_;
    Journal& journal_;
    bool streamed_ = false;
    long counted_before_ = 0;
    UniqueFd output_;
    UniqueFd polled_;
    UniqueFd event_stream_;
    std::string rest_;       ///< of a line of events; the reader's
    long last_time_ = 0;     ///< the reader's
    std::string last_read_;  ///< the poller's
    std::atomic<long> writes_ = 0;
    std::atomic<long> events_ = 0;  ///< with those that were dropped
    std::atomic<long> wakes_ = 0;
    std::atomic<bool> enough_written_ = false;
    std::atomic<bool> over_ = false;
    std::optional<std::jthread> writer_;
    std::optional<std::jthread> reader_;
    std::optional<std::jthread> poller_;
};

}  // namespace gpiofs::test
