#pragma once

#include "vm/speed/sim_control.h"

#include <string>
#include <vector>

namespace gpiofs::test {

/// Times, in milliseconds, from before the order to change a pin is sent until poll() returns on
/// `fd`, the value file of that pin's line, armed for both edges. So the order's own way is in
/// them; `answered` has the times from its answer on, which may be negative.
struct Wakes {
    std::vector<double> ordered;
    std::vector<double> answered;
};

/// No other thread of this process may sleep in poll(). Throws std::runtime_error when a poll ends
/// without an edge, or the level afterwards is wrong.
Wakes measure_wakes(int fd, SimControl& control, const std::string& pin);

}  // namespace gpiofs::test
