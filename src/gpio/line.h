// SPDX-License-Identifier: MIT
#pragma once

#include "gpio/bus.h"
#include "gpio/edge_ring.h"
#include "gpio/event_node.h"
#include "gpio/object_id.h"

#include <atomic>
#include <cstdint>
#include <memory>

namespace gpiofs::gpio {

class Chip;

enum class Direction { in, out };
enum class Edge { none, rising, falling, both };

/// One export of one line: made by writing `export`, dead for ever after `unexport` or unplug.
/// Open files hold on to it and learn from it that it is dead. Thread-safe.
class Line {
  public:
    Line(std::shared_ptr<Chip> chip, unsigned offset, ObjectId id);

    Chip& chip() const noexcept { return *chip_; }
    unsigned offset() const noexcept { return offset_; }
    /// Global line number.
    unsigned number() const noexcept;
    std::uint64_t id() const noexcept { return id_.number(); }

    bool can_input() const noexcept;
    bool can_output() const noexcept;
    Direction direction() const;
    bool active_low() const noexcept { return active_low_; }
    Edge edge() const;

    /// Events of `value`: one per detected edge.
    EventNode& value_events() noexcept { return value_events_; }
    /// Shared by the attributes on which nothing happens but the end.
    EventNode& quiet_events() noexcept { return quiet_events_; }
    bool dead() const noexcept { return quiet_events_.dead(); }

    /// The banks that have to be read for this line.
    mpsse::Banks bank() const noexcept { return mpsse::banks_of(mask()); }
    /// Level and direction in one: `level` is the wire's, whatever active_low says.
    PinChange output_change(bool level) const noexcept;
    PinChange input_change() const noexcept;
    /// A new level for an output, in the sense of active_low.
    PinChange value_change(bool value) const;
    /// The line's value in a sample of its bank, in the sense of active_low.
    bool value(const Sample& sample) const;

    /// The edges since the line was first armed, each as `edge` chose then; null before that.
    const EdgeRing* edges() const;
    /// Makes room for edges, which arming needs. Throws std::bad_alloc.
    void make_edge_ring();

    /// Arms, disarms or inverts. Arming takes the line's level from a sample of its bank made
    /// in bus order, so that no edge after the change is lost and none before it is reported;
    /// without one (null) nothing is changed and the answer is false if one is needed. Throw
    /// std::system_error: ENODEV the line is dead; set_edge EIO it cannot be armed because it is an
    /// output, and then, as in the kernel, it has been disarmed all the same.
    bool set_edge(Edge edge, const Sample* sample);
    bool set_active_low(bool active_low, const Sample* sample);

  private:
    friend class Chip;
    bool level_in(const Sample& sample) const noexcept;
    /// The sample shows an armed edge.
    void edge_came_locked(const Sample& sample, WakeList& wake) noexcept;
    void check_alive_locked() const;
    mpsse::PinMask mask() const noexcept { return static_cast<mpsse::PinMask>(1U << offset_); }

    const std::shared_ptr<Chip> chip_;
    const unsigned offset_;
    const ObjectId id_;
    std::atomic<bool> active_low_ = false;  ///< changes with Chip::mutex_ held
    Edge edge_ = Edge::none;                ///< guarded by Chip::mutex_
    std::unique_ptr<EdgeRing> edges_;       ///< made once, guarded by Chip::mutex_
    EventNode value_events_;
    EventNode quiet_events_;
};

}  // namespace gpiofs::gpio
