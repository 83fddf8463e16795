// SPDX-License-Identifier: MIT
#pragma once

#include "cli/options.h"

#include <string_view>

namespace gpiofs::daemon {

/// --check: checks the boards that the options choose, prints the report of each, and returns the
/// exit status: 0 every report is complete and has nothing suspicious, 1 one is not, 2 the wire
/// cannot be on the board. Asks at the terminal before pins are driven, unless Options::yes.
/// Throws std::system_error or std::runtime_error with one line that says what to do.
/// To be called by the main thread, before there is another one.
int check_boards(const cli::Options& options, std::string_view program_version);

}  // namespace gpiofs::daemon
