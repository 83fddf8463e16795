// SPDX-License-Identifier: MIT
#pragma once

#include "transport/transport.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

namespace gpiofs::contract {

/// What a case asks of a rig beyond queued transfers to a chip that answers. A rig names what it
/// lacks, and the cases that need it are left out and reported.
enum Need : unsigned {
    nothing = 0,
    faults = 1U << 0U,     ///< the words of a bench's file `fault`
    deadlines = 1U << 1U,  ///< a collect() that nothing ends returns at its deadline
    stuffing = 1U << 2U,   ///< FIFOs that fill up
    outputs = 1U << 3U,    ///< a reply shows the levels that were set before it
    silence = 1U << 4U,    ///< a chip that moves nothing until it is told to
    unplug = 1U << 5U,     ///< a board that goes
    control = 1U << 6U,    ///< control requests that are answered
    keeps = 1U << 7U,      ///< what had ended before the board went keeps its result
};

/// Transfers that a chip has ended.
struct Ends {
    std::uint64_t out = 0;
    std::uint64_t in = 0;
};

/// Thrown by a case, or by a rig, when the contract is broken.
class Broken : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// A way to a chip in MPSSE mode, and the chip's bench. Thread-bound.
class Rig {
  public:
    Rig() = default;
    Rig(const Rig&) = delete;
    Rig& operator=(const Rig&) = delete;
    virtual ~Rig() = default;

    virtual unsigned lacks() const noexcept { return nothing; }
    /// Interface A, newly claimed, of a board that is plugged in: MPSSE mode, latency timer at
    /// 255 ms, nothing in the FIFOs, no fault. One at a time.
    virtual std::unique_ptr<transport::Transport> open() = 0;
    /// From now, on the transport's clock.
    virtual TimePoint in(Duration duration) const;

    /// Writes a bench's file `fault`.
    virtual void fault(const std::string& words) = 0;
    /// The chip moves no data in any transfer that begins while it is silent.
    virtual void set_silent(bool yes) { fault(yes ? "timeout -1" : "0"); }
    virtual void unplug() = 0;
    /// Returns when the chip has ended so many transfers since open(), and the host has had the
    /// time to hear of it.
    virtual void until_ended(Ends wanted) = 0;
    /// Does `other` on a thread of its own while `here` runs on this one.
    virtual void at_once(const std::function<void()>& other, const std::function<void()>& here);
};

/// What Rig::open() does to a chip: empty FIFOs, MPSSE mode, the latency timer, and a sample, so
/// that the timer has just begun.
void start_engine(transport::Transport& transport, TimePoint deadline);

/// A rig onto a chip whose bench counts.
class CountedRig : public Rig {
  public:
    void until_ended(Ends wanted) override;

  protected:
    /// For open() to call.
    void count_from_now() { before_ = counted(); }
    /// Since the board was made.
    virtual Ends counted() = 0;

  private:
    Ends before_;
};

}  // namespace gpiofs::contract
