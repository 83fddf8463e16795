// SPDX-License-Identifier: MIT
#pragma once

#include "sim/pin_id.h"

#include <vector>

namespace gpiofs::sim {

/// Two pins joined.
struct Wire {
    PinId a;
    PinId b;

    bool joins_the_same(const Wire& other) const noexcept {
        return (a == other.a && b == other.b) || (a == other.b && b == other.a);
    }
};

/// The groups of pins that the wires make one. Reentrant.
std::vector<std::vector<PinId>> nets_of(const std::vector<Wire>& wires);

}  // namespace gpiofs::sim
