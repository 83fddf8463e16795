// SPDX-License-Identifier: MIT
#include "sim/channel.h"

#include <algorithm>
#include <array>
#include <chrono>

namespace gpiofs::sim {
namespace {

/// USB 2.0: a latency of 0 means a packet in every (micro)frame, DS_FT2232H section 4.1.
constexpr Duration microframe = std::chrono::microseconds(125);
constexpr Duration frame = std::chrono::milliseconds(1);

/// Bit modes, as in the high byte of the request's wValue.
constexpr std::uint8_t bit_mode_base = 0x00;
constexpr std::uint8_t bit_mode_mpsse = 0x02;

/// Status bytes. Byte 0 tells the packet size in bits 0 and 1; CTS and DSR were always seen set in
/// MPSSE mode. Byte 1 has bits 5 and 6 (transmitter empty) when all bytes have been consumed.
constexpr unsigned full_speed_bit = 0x01;
constexpr unsigned high_speed_bit = 0x02;
constexpr unsigned cts_and_dsr = 0x30;
constexpr std::uint8_t transmitter_empty = 0x60;

}  // namespace

Channel::Channel(const ChipProfile& chip, const Settings& settings, Pins& pins, Counters& counters)
    : chip_(chip),
      settings_(settings),
      commands_(chip.out_fifo),
      replies_(chip.in_fifo),
      engine_(chip, settings.interface, settings.command_time, commands_, replies_, pins, counters),
      uart_(settings.interface, commands_, pins) {}

void Channel::power_up(TimePoint now) {
    power_off(now);
    mode_ = Mode::uart;
    uart_.reset(now);
}

void Channel::power_off(TimePoint now) {
    commands_.clear();
    replies_.clear();
    replies_.set_event_character(std::nullopt);
    engine_.reset(now);
    mode_ = Mode::off;
    latency_ = power_up_latency_ms;
    last_packet_ = TimePoint::min();
    in_halted_ = out_halted_ = false;
}

void Channel::step() {
    if (mode_ == Mode::mpsse) {
        engine_.step();
    } else if (mode_ == Mode::uart) {
        uart_.step();
    }
}

std::optional<TimePoint> Channel::run(TimePoint until, bool endpoint_awaited) {
    const bool accepted = can_accept();
    const bool waited = packet_waits();
    TimePoint at = next_step();
    do {
        step();
        if (endpoint_awaited && (can_accept() != accepted || packet_waits() != waited)) {
            return at;
        }
        at = next_step();
    } while (at <= until);
    return std::nullopt;
}

void Channel::pins_changed(TimePoint now) {
    if (mode_ == Mode::mpsse) {
        engine_.pins_changed(now);
    }
}

void Channel::set_bit_mode(std::uint8_t mode, TimePoint now) {
    const bool has_engine = settings_.interface < chip_.mpsse_interfaces;
    if (mode == bit_mode_mpsse && has_engine) {
        // Selecting it again changes nothing: a half-received command goes on.
        if (mode_ != Mode::mpsse) {
            mode_ = Mode::mpsse;
            engine_.reset(now);
        }
        return;
    }
    engine_.reset(now);
    if (mode == bit_mode_base || mode == bit_mode_mpsse) {
        mode_ = Mode::uart;
        uart_.reset(now);
    } else {
        mode_ = Mode::other;
        commands_.clear();
    }
}

void Channel::purge_replies(TimePoint now) noexcept {
    replies_.clear();
    engine_.resume(now);
}

std::array<std::uint8_t, 2> Channel::status() const noexcept {
    const unsigned speed = settings_.packet_size == 512 ? high_speed_bit : full_speed_bit;
    const unsigned modem = mode_ == Mode::mpsse ? cts_and_dsr : 0;
    const bool busy = !commands_.empty() || (mode_ == Mode::mpsse ? engine_.busy() : uart_.busy());
    return {static_cast<std::uint8_t>(speed | modem), busy ? std::uint8_t{0} : transmitter_empty};
}

void Channel::accept(std::span<const std::uint8_t> packet, TimePoint now) {
    if (mode_ == Mode::other) {
        return;
    }
    commands_.push(packet);
    if (mode_ == Mode::mpsse) {
        engine_.resume(now);
    } else {
        uart_.resume(now);
    }
}

TimePoint Channel::packet_due(TimePoint now) const noexcept {
    if (packet_waits()) {
        return now;
    }
    if (latency_ == 0) {
        return last_packet_ + (settings_.packet_size == 512 ? microframe : frame);
    }
    return last_packet_ + std::chrono::milliseconds(latency_);
}

std::size_t Channel::take_packet(std::span<std::uint8_t> packet, bool with_payload, TimePoint now) {
    const auto header = status();
    std::copy(header.begin(), header.end(), packet.begin());
    last_packet_ = now;
    if (!with_payload) {
        return status_size;
    }
    const std::size_t payload = replies_.pop(packet.subspan(status_size));
    if (mode_ == Mode::mpsse) {
        engine_.resume(now);
    }
    return status_size + payload;
}

}  // namespace gpiofs::sim
