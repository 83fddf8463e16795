// SPDX-License-Identifier: MIT
#include "sim/chip.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace gpiofs::sim {
namespace {

std::string log_name(const Identity& identity) {
    return identity.serial.empty()
               ? fmt::format("virtual {}", identity.chip.name)
               : fmt::format("virtual {} {}", identity.chip.name, identity.serial);
}

}  // namespace

Chip::Chip(Identity identity, Duration command_time, Counters& counters)
    : identity_(std::move(identity)), pins_(identity_.chip, log_name(identity_)) {
    for (unsigned i = 0; i < identity_.chip.interfaces; ++i) {
        const Channel::Settings settings{.interface = i,
                                         .packet_size = identity_.high_speed ? 512U : 64U,
                                         .command_time = command_time};
        channels_.push_back(std::make_unique<Channel>(identity_.chip, settings, pins_, counters));
    }
}

void Chip::power_up(TimePoint now) {
    now_ = now;
    for (const auto& channel : channels_) {
        channel->power_up(now);
    }
    pins_changed(now);
}

void Chip::power_off(TimePoint now) {
    configuration_ = 0;
    for (const auto& channel : channels_) {
        channel->power_off(now);
    }
}

TimePoint Chip::next_step() const noexcept { return next_due().at; }

Chip::Due Chip::next_due() const noexcept {
    constexpr Duration tick(1);
    Due due;
    for (const auto& channel : channels_) {
        const TimePoint at = channel->next_step();
        if (at < due.at) {
            // The one before has its turn at equal times.
            due.alone_until = due.at - tick;
            due.at = at;
            due.channel = channel.get();
        } else {
            due.alone_until = std::min(due.alone_until, at);
        }
        due.pin_awaited = due.pin_awaited || channel->waits_for_pin();
    }
    if (due.pin_awaited) {
        const TimePoint pulse_end = pins_.next_pulse_end();
        if (pulse_end < due.at) {
            due.at = pulse_end;
            due.channel = nullptr;
        }
        due.alone_until = due.at - tick;
    }
    return due;
}

bool Chip::catch_up(TimePoint until, bool endpoint_awaited) {
    while (true) {
        const Due due = next_due();
        if (due.at > until) {
            now_ = until;
            return true;
        }
        std::optional<TimePoint> ready;
        if (due.channel != nullptr) {
            ready = due.channel->run(std::min(until, due.alone_until), endpoint_awaited);
        }
        if (due.pin_awaited) {
            pins_changed(due.at);
        }
        if (ready) {
            now_ = *ready;
            return false;
        }
    }
}

void Chip::pins_changed(TimePoint now) {
    for (const auto& channel : channels_) {
        channel->pins_changed(now);
    }
}

Channel* Chip::channel_of(std::uint8_t endpoint) noexcept {
    const unsigned number = endpoint & 0x0fU;
    const bool in = (endpoint & 0x80U) != 0;
    // 0x81, 0x02 are A's, 0x83, 0x04 B's.
    if (number == 0 || in != (number % 2 == 1) || (number - 1) / 2 >= channels_.size()) {
        return nullptr;
    }
    return channels_[(number - 1) / 2].get();
}

}  // namespace gpiofs::sim
