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

/// The whole chip with its pins, without plug, faults or locks. Who calls has first brought it to
/// the present with catch_up(). Thread-bound.
class Chip {
  public:
    Chip(Identity identity, Duration command_time, Counters& counters);

    /// The chip is made without power.
    void power_up(TimePoint now);
    void power_off(TimePoint now);

    /// Makes every step that is due, of all interfaces in order of time.
    void catch_up(TimePoint now);
    /// When the next step is due; TimePoint::max() if none.
    TimePoint next_step() const noexcept;
    /// To be called after something outside the chip has moved pins.
    void pins_changed(TimePoint now);

    /// Endpoint 0.
    ControlResult control(const SetupPacket& setup, std::span<std::uint8_t> data, TimePoint now);
    /// The channel an endpoint address belongs to; nullptr if there is no such endpoint.
    Channel* channel_of(std::uint8_t endpoint) noexcept;

    const Identity& identity() const noexcept { return identity_; }
    Pins& pins() noexcept { return pins_; }
    const Pins& pins() const noexcept { return pins_; }

  private:
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
};

}  // namespace gpiofs::sim
