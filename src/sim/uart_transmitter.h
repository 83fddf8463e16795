// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "sim/byte_fifo.h"
#include "sim/pins.h"

#include <cstdint>

namespace gpiofs::sim {

/// What an interface does in its base mode, as far as the pins show it: TXD, RTS# and DTR# are
/// driven high (DS_FT2232H pin tables), and bytes from the host leave on TXD, 8N1. The rate is
/// always 9600 Bd, which is what libftdi sets on opening. Steps as Engine does. Thread-bound.
class UartTransmitter {
  public:
    /// All references outlive it.
    UartTransmitter(unsigned interface, ByteFifo& bytes, Pins& pins)
        : interface_(interface), bytes_(bytes), pins_(pins) {}

    void reset(TimePoint now);
    TimePoint next_step() const noexcept {
        return bits_left_ == 0 && bytes_.empty() ? TimePoint::max() : at_;
    }
    void step();
    void resume(TimePoint now) noexcept { at_ = now > at_ ? now : at_; }
    bool busy() const noexcept { return bits_left_ != 0; }

  private:
    void put(bool level);

    const unsigned interface_;
    ByteFifo& bytes_;
    Pins& pins_;
    TimePoint at_;
    /// Start bit, data and stop bit, the next one lowest.
    unsigned frame_ = 0;
    unsigned bits_left_ = 0;
};

}  // namespace gpiofs::sim
