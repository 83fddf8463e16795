#pragma once

#include "base/clock.h"
#include "base/sync.h"
#include "gpio/event_node.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>

namespace gpiofs::gpio {

/// One edge of a line, in the sense of its active_low.
struct EdgeEvent {
    /// Of the sample that showed it.
    TimePoint time;
    bool rising = false;
};

/// The edges of a line that one reader has not taken yet, oldest first. When it is full the oldest
/// goes, so that a slow reader still learns the line's last state, and how many went is told with
/// the one that comes next: none is lost unseen. Thread-safe; its lock is a leaf.
class EventQueue {
  public:
    /// Four seconds of edges at the default sampling interval, in 64 KiB.
    static constexpr std::size_t capacity = 4096;

    struct Entry {
        EdgeEvent edge;
        /// How many edges between the entry before and this one went because the queue was full.
        std::uint64_t lost = 0;
    };
    struct State {
        bool waiting = false;  ///< there are edges to take
        bool ended = false;    ///< and none will be added any more
    };
    /// Who sleeps until there is something to take: one of each kind at a time.
    enum class Sleeper { poll, read };

    std::optional<Entry> take();
    /// `wakeup` may be null (who asks will not sleep); otherwise it replaces the stored one of its
    /// kind, and is used when an edge comes or the queue ends. Both under one lock, so that an edge
    /// between the question and the sleep is not lost.
    State ask(Sleeper sleeper, std::unique_ptr<Wakeup> wakeup);

    void push(const EdgeEvent& edge, WakeList& wake);
    /// The line is gone: what is queued can still be taken.
    void end(WakeList& wake);

  private:
    void take_wakeups(WakeList& wake);

    mutable Mutex mutex_;
    std::deque<EdgeEvent> edges_;                     ///< guarded by mutex_
    std::uint64_t lost_ = 0;                          ///< before the first; guarded by mutex_
    bool ended_ = false;                              ///< guarded by mutex_
    std::array<std::unique_ptr<Wakeup>, 2> wakeups_;  ///< by Sleeper; guarded by mutex_
};

}  // namespace gpiofs::gpio
