// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "metered_transport.h"
#include "sim/bench.h"
#include "transport/transport.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace gpiofs::bench {

sim::BoardConfig high_speed_board();

/// A virtual board in this process, in MPSSE mode, without anything of the driver: what the
/// modelled bus and chip can do.
class BareBoard {
  public:
    BareBoard(Clock& clock, const sim::BoardConfig& config);

    /// Processor time that the virtual board took of who transferred.
    Duration in_transport() const { return Duration(in_transport_); }
    /// One round trip: a command that reads the low bank, and its reply.
    void read_pins();

  private:
    Clock& clock_;
    CpuMeter in_transport_ = 0;
    sim::Bench bench_;
    std::unique_ptr<transport::Transport> transport_;
    std::vector<std::uint8_t> packet_;
};

}  // namespace gpiofs::bench
