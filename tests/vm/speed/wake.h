// SPDX-License-Identifier: MIT
#pragma once

#include "support/files.h"
#include "vm/sim_control.h"

#include <string>
#include <vector>

namespace gpiofs::test {

/// Times in milliseconds.
struct Wakes {
    /// From before the order to change a pin is sent until poll() returns, so the order's own way
    /// is in them.
    std::vector<double> ordered;
    /// From the order's answer on, which may be negative.
    std::vector<double> answered;
    /// Single reads of the line between them, with no line armed.
    std::vector<double> reads;
};

/// Arms the line of folder `line` for both edges and changes its pin, `pin`, again and again. No
/// other thread of this process may sleep in poll(). Throws std::runtime_error when a poll ends
/// without an edge, or the level afterwards is wrong.
Wakes measure_wakes(const fs::path& line, SimControl& control, const std::string& pin);

}  // namespace gpiofs::test
