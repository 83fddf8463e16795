// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "sim/byte_fifo.h"
#include "sim/chip_profile.h"
#include "sim/counters.h"
#include "sim/engine.h"
#include "sim/pins.h"
#include "sim/reply_buffer.h"
#include "sim/uart_transmitter.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace gpiofs::sim {

/// The latency timer at power-up (DS_FT232H section 4.1).
constexpr std::uint8_t power_up_latency_ms = 16;

/// One USB interface of the chip: its two FIFOs and endpoints, its latency timer, its bit mode and
/// what works behind it. Thread-bound.
class Channel {
  public:
    struct Settings {
        unsigned interface = 0;
        std::size_t packet_size = 512;
        Duration command_time{};
    };
    /// All references outlive the channel.
    Channel(const ChipProfile& chip, const Settings& settings, Pins& pins, Counters& counters);

    /// UART mode, FIFOs empty, latency 16 ms, no endpoint halted.
    void power_up(TimePoint now);
    /// Lets go of the pins and stops.
    void power_off(TimePoint now);

    // Time, as in Engine.
    TimePoint next_step() const noexcept {
        if (mode_ == Mode::mpsse) {
            return engine_.next_step();
        }
        return mode_ == Mode::uart ? uart_.next_step() : TimePoint::max();
    }
    /// Makes the next step, and then those due up to `until`. If somebody waits for an endpoint, it
    /// stops after a step that makes one ready, whose time is returned.
    std::optional<TimePoint> run(TimePoint until, bool endpoint_awaited);
    void pins_changed(TimePoint now);
    bool waits_for_pin() const noexcept { return mode_ == Mode::mpsse && engine_.waits_for_pin(); }

    // Control requests.
    void set_bit_mode(std::uint8_t mode, TimePoint now);
    void purge_commands() noexcept { commands_.clear(); }
    void purge_replies(TimePoint now) noexcept;
    void set_latency(std::uint8_t milliseconds) noexcept { latency_ = milliseconds; }
    std::uint8_t latency() const noexcept { return latency_; }
    void set_event_character(std::optional<std::uint8_t> character) noexcept {
        replies_.set_event_character(character);
    }
    /// The two bytes that start every packet.
    std::array<std::uint8_t, 2> status() const noexcept;

    // Bulk endpoints.
    /// Whether it takes a packet from the host: the endpoint wants room for a whole one. Measured
    /// on FT2232H: of a stalled engine's 4096 bytes all could be filled in whole packets, and one
    /// byte more was refused although the engine had fetched one.
    bool can_accept() const noexcept {
        return mode_ == Mode::other || commands_.room() >= settings_.packet_size;
    }
    /// A packet from the host. The caller has looked at can_accept().
    void accept(std::span<const std::uint8_t> packet, TimePoint now);
    /// When the next packet can go to the host if no byte is added: `now` or earlier means at once.
    /// A full packet and what 0x87 or the event character marked go at once, anything else and a
    /// packet with no more than the status bytes when the latency timer, restarted by every packet,
    /// ends.
    TimePoint packet_due(TimePoint now) const noexcept;
    /// Fills `packet` (packet_size bytes) and returns how much of it is used; without payload the
    /// replies stay where they are.
    std::size_t take_packet(std::span<std::uint8_t> packet, bool with_payload, TimePoint now);
    /// Endpoint state, set by a fault and by SET_FEATURE.
    bool& halted(bool in) noexcept { return in ? in_halted_ : out_halted_; }

  private:
    enum class Mode { off, uart, mpsse, other };

    void step();
    bool packet_waits() const noexcept {
        return replies_.urgent() || replies_.size() >= settings_.packet_size - status_size;
    }

    static constexpr std::size_t status_size = 2;

    const ChipProfile& chip_;
    const Settings settings_;
    ByteFifo commands_;
    ReplyBuffer replies_;
    Engine engine_;
    UartTransmitter uart_;
    Mode mode_ = Mode::off;
    std::uint8_t latency_ = 0;
    TimePoint last_packet_ = TimePoint::min();
    bool in_halted_ = false;
    bool out_halted_ = false;
};

}  // namespace gpiofs::sim
