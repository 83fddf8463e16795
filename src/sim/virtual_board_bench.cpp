// SPDX-License-Identifier: MIT
// The side of a virtual board that a bench sees: pulls, drives, pulses, wires.
#include "sim/bus.h"
#include "sim/chip.h"
#include "sim/virtual_board.h"

#include <algorithm>

namespace gpiofs::sim {

template <typename Change>
void VirtualBoard::change_pins(Change change) {
    const std::scoped_lock lock(mutex_);
    const TimePoint now = clock_.now();
    bus_->catch_up(now);
    change(chip_->pins(), now);
    chip_->pins_changed(now);
    bus_->catch_up(now);
    changed_locked();
}

bool VirtualBoard::has_pin(PinId pin) const noexcept { return chip_->pins().has(pin); }

void VirtualBoard::set_pull(PinId pin, Pull pull) {
    change_pins([&](Pins& pins, TimePoint now) { pins.set_pull(pin, pull, now); });
}

PinEdges VirtualBoard::edges(unsigned interface) {
    const std::scoped_lock lock(mutex_);
    const TimePoint now = clock_.now();
    bus_->catch_up(now);
    return chip_->pins().edges(interface, now);
}

Pull VirtualBoard::pull(PinId pin) const {
    const std::scoped_lock lock(mutex_);
    return chip_->pins().pull(pin);
}

void VirtualBoard::set_drive(PinId pin, Drive drive) {
    change_pins([&](Pins& pins, TimePoint now) { pins.set_drive(pin, drive, now); });
}

Drive VirtualBoard::drive(PinId pin) const {
    const std::scoped_lock lock(mutex_);
    return chip_->pins().drive(pin);
}

void VirtualBoard::pulse(PinId pin, Duration length) {
    change_pins([&](Pins& pins, TimePoint now) { pins.pulse(pin, length, now); });
}

bool VirtualBoard::level(PinId pin) {
    const std::scoped_lock lock(mutex_);
    const TimePoint now = clock_.now();
    bus_->catch_up(now);
    return chip_->pins().level(pin, now);
}

void VirtualBoard::set_wires(std::vector<Wire> wires) {
    change_pins([&](Pins& pins, TimePoint now) {
        pins.set_nets(nets_of(wires), now);
        wires_ = std::move(wires);
    });
}

void VirtualBoard::add_wires(const std::vector<Wire>& wires) {
    change_pins([&](Pins& pins, TimePoint now) {
        std::vector<Wire> all = wires_;
        for (const Wire& wire : wires) {
            const auto same = [&](const Wire& one) { return one.joins_the_same(wire); };
            if (std::none_of(all.begin(), all.end(), same)) {
                all.push_back(wire);
            }
        }
        pins.set_nets(nets_of(all), now);
        wires_ = std::move(all);
    });
}

std::vector<Wire> VirtualBoard::wires() const {
    const std::scoped_lock lock(mutex_);
    return wires_;
}

}  // namespace gpiofs::sim
