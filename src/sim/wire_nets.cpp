// SPDX-License-Identifier: MIT
#include "sim/wire_nets.h"

#include <algorithm>
#include <iterator>

namespace gpiofs::sim {
namespace {

using Net = std::vector<PinId>;

/// Takes the net of a pin out of `nets`; the pin alone if it has none yet.
Net take_net(std::vector<Net>& nets, PinId pin) {
    const auto found = std::find_if(nets.begin(), nets.end(), [pin](const Net& net) {
        return std::find(net.begin(), net.end(), pin) != net.end();
    });
    if (found == nets.end()) {
        return {pin};
    }
    Net net = std::move(*found);
    nets.erase(found);
    return net;
}

}  // namespace

std::vector<Net> nets_of(const std::vector<Wire>& wires) {
    std::vector<Net> nets;
    for (const Wire& wire : wires) {
        Net net = take_net(nets, wire.a);
        const bool joined = std::find(net.begin(), net.end(), wire.b) != net.end();
        if (!joined) {
            Net other = take_net(nets, wire.b);
            std::move(other.begin(), other.end(), std::back_inserter(net));
        }
        nets.push_back(std::move(net));
    }
    return nets;
}

}  // namespace gpiofs::sim
