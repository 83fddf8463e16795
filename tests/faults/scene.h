// SPDX-License-Identifier: MIT
#pragma once

#include "faults/log_lines.h"
#include "faults/matrix.h"
#include "faults/moves.h"
#include "model/edge_taker.h"
#include "model/stream_rig.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace gpiofs::test {

/// A board on a high-speed bus whose pins have something to lose: line 3 drives high against a
/// pull-down, line 9 drives low against a pull-up. Line 5 is driven from outside, and its edges are
/// read and polled for.
class Scene {
  public:
    Scene(Clock& clock, gpio::ChipObserver& observer, std::chrono::microseconds interval);
    Scene(const Scene&) = delete;
    Scene& operator=(const Scene&) = delete;
    ~Scene();

    /// Makes the board fail as the cell says; pulls its plug and, unless that is for ever, puts it
    /// back.
    void begin(const Cell& cell);
    /// The same for an operation that is now to begin: the plug is pulled when it is under way.
    void begin_during(const Cell& cell, ScriptedClock& clock);
    void end_fault() { rig.bench.write(0, "fault", "0"); }

    /// The line's edges are watched or not; while they are, a sample follows each change.
    void arm();
    void disarm() { line->set_edge(gpio::Edge::none, nullptr); }
    void drive(bool level) { rig.bench.write(0, "adbus5/drive", level ? "1" : "0"); }
    /// Whether somebody who polls the line's value would be woken.
    bool poller_woken() { return line->value_events().poll(poller, nullptr); }
    /// Whether a program that polls the line has learned that it is not there.
    bool line_is_gone();

    /// Whether all lines can be read.
    bool reads() { return !read_pins(chip->bus(), mpsse::Banks::both, rig.deadline()).error; }

    /// The rungs that were climbed since the fault began, as the wire and the log tell.
    std::string rungs() const;
    /// Reads once, which fails where the operation could not know that it had failed: of a write
    /// that a chip without power swallowed nobody hears before something is read.
    void find_what_was_not_told(const Cell& cell);
    /// Each rung is told of once, and so is the end of it all; `own` are the lines that the
    /// operation itself was to move, and rungs 1 and 2 moved no other.
    void check_trace(const Cell& cell, mpsse::PinMask own);
    /// Shadow and pins agree, everything works, and no edge was told but one that is made now.
    void check_in_order(const Cell& cell, const mpsse::PortState& shadow);
    /// Nothing was tried to recover the board, who waits for its lines is woken, and once it is
    /// plugged in again it works.
    void check_gone(const Cell& cell, gpio::ChipObserver& observer);

    /// What the lines above amount to.
    static constexpr mpsse::PortState outputs{0x0008, 0x0208};

    LogLines log;
    Rig rig;
    Moves moves;
    std::shared_ptr<gpio::Chip> chip;
    std::shared_ptr<gpio::Line> line;
    std::unique_ptr<EdgeTaker> edges;
    gpio::Subscription poller;

  private:
    /// Exports the line and has its edges read and polled for.
    void watch_line();
    void leave_line();

    std::uint64_t exports_ = 0;
};

/// A cell's fault, which is not "disconnect", in the words of the bench's file.
std::string fault_words(const Cell& cell);

/// A general-purpose board with 16 lines on a high-speed bus.
sim::BoardConfig high_speed_board();

}  // namespace gpiofs::test
