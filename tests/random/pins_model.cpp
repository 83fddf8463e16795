// SPDX-License-Identifier: MIT
#include "random/pins_model.h"

#include <fmt/format.h>

namespace gpiofs::test {

std::string pin_word(PinRef pin) {
    const char port = static_cast<char>('a' + pin.interface);
    return fmt::format("{}{}bus{}", port, pin.bit < 8 ? 'd' : 'c', pin.bit % 8);
}

PinsModel::PinsModel(unsigned interfaces, unsigned pins, unsigned pulled_down)
    : pins_each_(pins), pins_(std::size_t{interfaces} * pins) {
    for (std::size_t i = 0; i < pins_.size(); ++i) {
        pins_[i].pulled_up = (pulled_down >> i % pins & 1U) == 0;
    }
    cut_wires();
}

void PinsModel::add_wire(PinRef a, PinRef b) {
    const std::size_t joined = at(a).net;
    const std::size_t other = at(b).net;
    for (Pin& pin : pins_) {
        pin.net = pin.net == other ? joined : pin.net;
    }
    wired_across_ = wired_across_ || a.interface != b.interface;
}

void PinsModel::cut_wires() {
    for (std::size_t i = 0; i < pins_.size(); ++i) {
        pins_[i].net = i;
    }
    wired_across_ = false;
}

bool PinsModel::level(PinRef of) const {
    const std::size_t net = pins_[index(of)].net;
    bool low = false;
    bool high = false;
    bool pull_down = false;
    bool pull_up = false;
    bool own_pulls_up = true;
    for (const Pin& pin : pins_) {
        if (pin.net == net) {
            low = low || pin.output == false || pin.driven == false;
            high = high || pin.output == true || pin.driven == true;
            pull_down = pull_down || pin.pull == false;
            pull_up = pull_up || pin.pull == true;
            own_pulls_up = own_pulls_up && pin.pulled_up;
        }
    }
    return !low && (high || (!pull_down && (pull_up || own_pulls_up)));
}

}  // namespace gpiofs::test
