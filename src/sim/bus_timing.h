// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "sim/board_config.h"

#include <cstddef>

namespace gpiofs::sim {

/// What the bus and the engine cost in time, without what the host's software adds.
struct BusTiming {
    /// From the host's submission of a bulk transfer to its first packet, at least.
    Duration submit{};
    /// A transfer on an endpoint with nothing under way starts at a multiple of this; 0: any time.
    Duration frame{};
    /// A full packet's share of the bus.
    Duration packet{};
    /// From a transfer's last packet until the host is told.
    Duration complete{};
    /// A control transfer as a whole.
    Duration control{};
    /// The engine, for one command.
    Duration command{};
    std::size_t packet_size = 512;

    /// A packet with `size` bytes: the bytes and what USB adds to each packet.
    Duration packet_time(std::size_t size) const noexcept;
    /// As many packets as `size` bytes need, back to back.
    Duration packets_time(std::size_t size) const noexcept;
    /// The first start of a frame at or after `at`.
    TimePoint frame_start(TimePoint at) const noexcept;
};

/// The defaults for the board's speed, or what its config says instead. High speed: a transfer
/// takes 25 us, the middle of what usbmon captures of a genuine FT232H show (14-38 us for OUT,
/// 14-33 us for IN with the reply ready), a control transfer 50 us (20-90 us), and 13 full packets
/// fill a microframe of 125 us (USB 2.0 table 5-10). Full speed: USB 2.0 schedules in frames of 1
/// ms, 19 full packets fill one (table 5-9), and a control transfer has its stages in one frame at
/// best. Engine: no official figure; FTDI's own examples (AN_113) imply at least 150 ns.
BusTiming bus_timing(const BoardConfig& config, std::size_t packet_size) noexcept;

}  // namespace gpiofs::sim
