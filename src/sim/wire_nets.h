#pragma once

#include "sim/pin_id.h"

#include <vector>

namespace gpiofs::sim {

/// Two pins joined.
struct Wire {
    PinId a;
    PinId b;
};

/// The groups of pins that the wires make one. Reentrant.
std::vector<std::vector<PinId>> nets_of(const std::vector<Wire>& wires);

}  // namespace gpiofs::sim
