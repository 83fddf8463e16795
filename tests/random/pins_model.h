// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace gpiofs::test {

/// A pin of a virtual board.
struct PinRef {
    unsigned interface = 0;
    unsigned bit = 0;
    bool operator==(const PinRef&) const = default;
};

/// Its folder on the bench: "adbus0".
std::string pin_word(PinRef pin);

/// Predicts what a meter shows on every pin of a virtual board.
class PinsModel {
  public:
    /// Every interface has as many pins; `pulled_down` are those that the chip pulls down itself,
    /// a bit for each.
    PinsModel(unsigned interfaces, unsigned pins, unsigned pulled_down);

    /// What the chip drives; nothing: an input.
    void set_output(PinRef pin, std::optional<bool> level) { at(pin).output = level; }
    /// What the outside drives; nothing: z.
    void set_drive(PinRef pin, std::optional<bool> level) { at(pin).driven = level; }
    void set_pull(PinRef pin, bool up) { at(pin).pull = up; }
    void add_wire(PinRef a, PinRef b);
    void cut_wires();
    /// Whether a wire joins pins of two interfaces.
    bool wired_across() const noexcept { return wired_across_; }
    /// The pins of a net have one level: who drives low wins, then who drives high, then a pull
    /// that was set, down before up, then the chip's own.
    bool level(PinRef pin) const;

  private:
    struct Pin {
        std::optional<bool> output;
        std::optional<bool> driven;
        std::optional<bool> pull;
        bool pulled_up = true;
        std::size_t net = 0;
    };
    std::size_t index(PinRef pin) const {
        return std::size_t{pin.interface} * pins_each_ + pin.bit;
    }
    Pin& at(PinRef pin) { return pins_[index(pin)]; }

    unsigned pins_each_;
    std::vector<Pin> pins_;
    bool wired_across_ = false;
};

}  // namespace gpiofs::test
