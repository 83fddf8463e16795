// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "sim/chip_profile.h"
#include "sim/pin_id.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace gpiofs::sim {

/// Bit n is pin n of an interface, as in PinId.
using PinBits = std::uint16_t;
constexpr unsigned pins_per_bank = 16;
/// A number for each pin of an interface.
using PinEdges = std::array<std::uint64_t, pins_per_bank>;

/// What the chip puts on the pins of an interface.
struct PinOutputs {
    PinBits outputs = 0;
    PinBits levels = 0;
    /// Outputs that let go instead of driving 1.
    PinBits open_drain = 0;

    bool operator==(const PinOutputs&) const = default;
};

/// All pins of a board, what pulls and drives them, and the wires between them: the level of a pin
/// is a function of this and of the time. Times given never go back. Thread-bound.
class Pins {
  public:
    /// `board` names the board in the log.
    Pins(const ChipProfile& profile, std::string board);

    // The chip's side.
    void set_outputs(unsigned interface, const PinOutputs& outputs, TimePoint now);
    /// Pins that the chip does not have read 0.
    PinBits levels(unsigned interface, TimePoint now) {
        if (now >= good_until_) {
            evaluate(now);
        }
        return levels_[interface];
    }

    /// How often each pin's level has changed so far, be it for no time at all.
    const PinEdges& edges(unsigned interface, TimePoint now);

    // The world's side.
    bool has(PinId pin) const noexcept;
    void set_pull(PinId pin, Pull pull, TimePoint now);
    Pull pull(PinId pin) const;
    void set_drive(PinId pin, Drive drive, TimePoint now);
    Drive drive(PinId pin) const;
    void pulse(PinId pin, Duration length, TimePoint now);
    bool level(PinId pin, TimePoint now);
    /// Pins joined by wires are one net, however many wires that takes.
    void set_nets(std::vector<std::vector<PinId>> nets, TimePoint now);

    /// When the next pulse ends; TimePoint::max() if none is under way.
    TimePoint next_pulse_end() const noexcept;

  private:
    struct Pulse {
        TimePoint until;
        bool level = false;
    };
    /// The pins of one interface.
    struct Bank {
        PinOutputs chip;
        PinBits driven = 0;
        PinBits driven_levels = 0;
        PinBits pulsing = 0;
        std::array<Pulse, pins_per_bank> pulses{};
        PinBits built_in_up = 0;
        PinBits set_up = 0;
        PinBits set_down = 0;
        PinBits fighting = 0;
        PinBits present = 0;
    };
    /// Who pulls where, a bit per pin.
    struct Forces {
        PinBits low = 0;
        PinBits high = 0;
        PinBits pull_up = 0;
        PinBits pull_down = 0;
        PinBits weak_down = 0;
    };

    static Forces forces(Bank& bank, TimePoint now) noexcept;
    void join_nets(std::vector<Forces>& all) const noexcept;
    void evaluate(TimePoint now);
    void note_fights(unsigned interface, PinBits fights);

    std::string board_;
    std::vector<Bank> banks_;
    std::vector<std::vector<PinId>> nets_;
    std::vector<Forces> forces_;
    std::vector<PinBits> levels_;
    std::vector<PinEdges> edges_;
    /// When the levels can differ although nobody has changed anything.
    TimePoint good_until_ = TimePoint::min();
};

}  // namespace gpiofs::sim
