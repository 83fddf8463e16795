// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "sim/channel.h"
#include "sim/counters.h"
#include "sim/descriptors.h"
#include "sim/pins.h"
#include "sim/usb_types.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace gpiofs::sim {

/// The whole chip with its pins, without plug, bus or locks. Who calls has first brought it to the
/// present with catch_up(). Thread-bound.
class Chip {
  public:
    Chip(Identity identity, Duration command_time, Counters& counters);

    /// The chip is made without power.
    void power_up(TimePoint now);
    void power_off(TimePoint now);

    /// Makes the steps that are due up to `until`, of all interfaces in order of time; at equal
    /// times the first interface's come first. If somebody waits for an endpoint, it stops after a
    /// step that makes one ready, and then returns false.
    bool catch_up(TimePoint until, bool endpoint_awaited);
    /// What it has been brought to.
    TimePoint now() const noexcept { return now_; }
    /// When the next step is due; TimePoint::max() if none.
    TimePoint next_step() const noexcept;
    /// To be called after something outside the chip has moved pins.
    void pins_changed(TimePoint now);

    /// Endpoint 0.
    ControlResult control(const SetupPacket& setup, std::span<std::uint8_t> data, TimePoint now);
    /// As FaultKind::imitation.
    void set_imitation(bool yes) noexcept { imitation_ = yes; }
    Channel& channel(unsigned interface) noexcept { return *channels_[interface]; }

    const Identity& identity() const noexcept { return identity_; }
    Pins& pins() noexcept { return pins_; }
    const Pins& pins() const noexcept { return pins_; }

  private:
    /// Whose step is next.
    struct Due {
        Channel* channel = nullptr;  ///< nullptr: nobody's, but a pulse ends that somebody awaits.
        TimePoint at = TimePoint::max();
        /// Until when no other interface has a step, nor anybody waits for a pin.
        TimePoint alone_until = TimePoint::max();
        bool pin_awaited = false;
    };

    Due next_due() const noexcept;
    Channel* channel_of(std::uint8_t endpoint) noexcept;
    bool vendor_out(const SetupPacket& setup, TimePoint now);
    std::optional<std::size_t> vendor_in(const SetupPacket& setup, std::span<std::uint8_t> data,
                                         TimePoint now);
    bool standard_out(const SetupPacket& setup);
    std::optional<std::size_t> standard_in(const SetupPacket& setup, std::span<std::uint8_t> data);
    std::optional<unsigned> interface_of(const SetupPacket& setup) const noexcept;
    bool set_halt(const SetupPacket& setup, bool halted);

    const Identity identity_;
    Pins pins_;
    std::vector<std::unique_ptr<Channel>> channels_;
    std::uint8_t configuration_ = 0;
    bool imitation_ = false;
    TimePoint now_;
};

}  // namespace gpiofs::sim
