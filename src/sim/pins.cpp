// SPDX-License-Identifier: MIT
#include "sim/pins.h"

#include "base/log.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace gpiofs::sim {
namespace {

constexpr PinBits bit_of(PinId pin) noexcept { return static_cast<PinBits>(1U << pin.bit); }

constexpr PinBits with(PinBits bits, PinBits bit, bool on) noexcept {
    return static_cast<PinBits>(on ? bits | bit : bits & ~bit);
}

}  // namespace

Pins::Pins(const ChipProfile& profile, std::string board)
    : board_(std::move(board)),
      banks_(profile.interfaces),
      forces_(profile.interfaces),
      levels_(profile.interfaces),
      edges_(profile.interfaces) {
    for (unsigned i = 0; i < profile.mpsse_interfaces; ++i) {
        banks_[i].present = static_cast<PinBits>((1U << profile.lines) - 1U);
        banks_[i].built_in_up = static_cast<PinBits>(banks_[i].present & ~profile.pulled_down);
    }
}

const PinEdges& Pins::edges(unsigned interface, TimePoint now) {
    levels(interface, now);
    return edges_[interface];
}

void Pins::set_outputs(unsigned interface, const PinOutputs& outputs, TimePoint now) {
    if (banks_[interface].chip != outputs || now >= good_until_) {
        banks_[interface].chip = outputs;
        evaluate(now);
    }
}

bool Pins::has(PinId pin) const noexcept {
    return pin.interface < banks_.size() && (banks_[pin.interface].present & bit_of(pin)) != 0;
}

void Pins::set_pull(PinId pin, Pull pull, TimePoint now) {
    Bank& bank = banks_[pin.interface];
    bank.set_up = with(bank.set_up, bit_of(pin), pull == Pull::up);
    bank.set_down = with(bank.set_down, bit_of(pin), pull == Pull::down);
    evaluate(now);
}

Pull Pins::pull(PinId pin) const {
    const Bank& bank = banks_[pin.interface];
    const bool up = (bank.set_up & bit_of(pin)) != 0 ||
                    ((bank.built_in_up & ~bank.set_down) & bit_of(pin)) != 0;
    return up ? Pull::up : Pull::down;
}

void Pins::set_drive(PinId pin, Drive drive, TimePoint now) {
    Bank& bank = banks_[pin.interface];
    bank.driven = with(bank.driven, bit_of(pin), drive != Drive::z);
    bank.driven_levels = with(bank.driven_levels, bit_of(pin), drive == Drive::high);
    evaluate(now);
}

Drive Pins::drive(PinId pin) const {
    const Bank& bank = banks_[pin.interface];
    if ((bank.driven & bit_of(pin)) == 0) {
        return Drive::z;
    }
    return (bank.driven_levels & bit_of(pin)) != 0 ? Drive::high : Drive::low;
}

void Pins::pulse(PinId pin, Duration length, TimePoint now) {
    Bank& bank = banks_[pin.interface];
    bank.pulsing = with(bank.pulsing, bit_of(pin), false);
    const Drive driven = drive(pin);
    const bool inverse = driven == Drive::z ? !level(pin, now) : driven == Drive::low;
    bank.pulses[pin.bit] = {now + length, inverse};
    bank.pulsing = with(bank.pulsing, bit_of(pin), true);
    evaluate(now);
}

bool Pins::level(PinId pin, TimePoint now) {
    return (levels(pin.interface, now) & bit_of(pin)) != 0;
}

void Pins::set_nets(std::vector<std::vector<PinId>> nets, TimePoint now) {
    nets_ = std::move(nets);
    evaluate(now);
}

TimePoint Pins::next_pulse_end() const noexcept {
    TimePoint next = TimePoint::max();
    for (const Bank& bank : banks_) {
        for (unsigned bit = 0; bank.pulsing >> bit != 0; ++bit) {
            if ((bank.pulsing >> bit & 1U) != 0) {
                next = std::min(next, bank.pulses[bit].until);
            }
        }
    }
    return next;
}

Pins::Forces Pins::forces(Bank& bank, TimePoint now) noexcept {
    PinBits driven = bank.driven;
    PinBits driven_levels = bank.driven_levels;
    for (unsigned bit = 0; bank.pulsing >> bit != 0; ++bit) {
        const PinBits mask = bit_of({0, bit});
        if ((bank.pulsing & mask) == 0) {
            continue;
        }
        if (now >= bank.pulses[bit].until) {
            bank.pulsing = with(bank.pulsing, mask, false);
            continue;
        }
        driven = with(driven, mask, true);
        driven_levels = with(driven_levels, mask, bank.pulses[bit].level);
    }
    const PinOutputs& chip = bank.chip;
    const unsigned low = (chip.outputs & ~chip.levels) | (driven & ~driven_levels);
    const unsigned high =
        (chip.outputs & chip.levels & ~chip.open_drain) | (driven & driven_levels);
    return {.low = static_cast<PinBits>(low),
            .high = static_cast<PinBits>(high),
            .pull_up = bank.set_up,
            .pull_down = bank.set_down,
            .weak_down = static_cast<PinBits>(~bank.built_in_up)};
}

void Pins::join_nets(std::vector<Forces>& all) const noexcept {
    for (const auto& net : nets_) {
        bool low = false;
        bool high = false;
        bool up = false;
        bool down = false;
        bool weak_down = false;
        for (const PinId pin : net) {
            const Forces& own = all[pin.interface];
            low = low || (own.low & bit_of(pin)) != 0;
            high = high || (own.high & bit_of(pin)) != 0;
            up = up || (own.pull_up & bit_of(pin)) != 0;
            down = down || (own.pull_down & bit_of(pin)) != 0;
            weak_down = weak_down || (own.weak_down & bit_of(pin)) != 0;
        }
        for (const PinId pin : net) {
            Forces& own = all[pin.interface];
            own.low = with(own.low, bit_of(pin), low);
            own.high = with(own.high, bit_of(pin), high);
            own.pull_up = with(own.pull_up, bit_of(pin), up);
            own.pull_down = with(own.pull_down, bit_of(pin), down);
            own.weak_down = with(own.weak_down, bit_of(pin), weak_down);
        }
    }
}

void Pins::evaluate(TimePoint now) {
    for (std::size_t i = 0; i < banks_.size(); ++i) {
        forces_[i] = forces(banks_[i], now);
    }
    join_nets(forces_);
    for (std::size_t i = 0; i < banks_.size(); ++i) {
        const Forces& f = forces_[i];
        const unsigned pulls = ~f.pull_down & (f.pull_up | static_cast<PinBits>(~f.weak_down));
        const auto now_are = static_cast<PinBits>(~f.low & (f.high | pulls) & banks_[i].present);
        const unsigned moved = levels_[i] ^ now_are;
        for (unsigned bit = 0; moved >> bit != 0; ++bit) {
            edges_[i][bit] += moved >> bit & 1U;
        }
        levels_[i] = now_are;
        const auto fights = static_cast<PinBits>(f.low & f.high & banks_[i].present);
        if (fights != banks_[i].fighting) {
            note_fights(static_cast<unsigned>(i), fights);
        }
    }
    good_until_ = next_pulse_end();
}

void Pins::note_fights(unsigned interface, PinBits fights) {
    const unsigned started = fights & ~unsigned{banks_[interface].fighting};
    banks_[interface].fighting = fights;
    for (unsigned bit = 0; started >> bit != 0; ++bit) {
        if ((started >> bit & 1U) != 0) {
            log::warning(fmt::format("{}: two outputs fight over {}, low wins", board_,
                                     pin_name({interface, bit})));
        }
    }
}

}  // namespace gpiofs::sim
