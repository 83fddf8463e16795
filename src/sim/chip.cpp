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

TimePoint Chip::next_step() const noexcept {
    TimePoint next = TimePoint::max();
    for (const auto& channel : channels_) {
        next = std::min(next, channel->next_step());
        if (channel->waits_for_pin()) {
            next = std::min(next, pins_.next_pulse_end());
        }
    }
    return next;
}

void Chip::catch_up(TimePoint now) {
    while (true) {
        const TimePoint at = next_step();
        if (at > now) {
            return;
        }
        const auto due =
            std::find_if(channels_.begin(), channels_.end(),
                         [at](const auto& channel) { return channel->next_step() == at; });
        if (due != channels_.end()) {
            (*due)->step();
        }
        pins_changed(at);
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
