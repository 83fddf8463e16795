// SPDX-License-Identifier: MIT
#pragma once

#include "monitor/end_signal.h"
#include "monitor/line.h"
#include "monitor/options.h"

#include <memory>
#include <vector>

namespace gpiofs::monitor {

using Lines = std::vector<std::unique_ptr<Line>>;

/// How a monitor has ended.
struct Ending {
    int status = 0;
    int signal = 0;  ///< to end by, once the lines are put back; 0: none
};

/// Opens and arms the lines of the command line. Throws Failure, also for a line that is named
/// twice, or Interrupted if a signal comes first.
Lines open_lines(const Options& options, const EndSignal& signals);

/// Prints the edges of the lines until there is a reason to end. Throws Failure if a line goes or
/// fails, std::system_error if standard output does.
Ending print_edges(const Lines& lines, const Options& options, EndSignal& signals);

}  // namespace gpiofs::monitor
