// SPDX-License-Identifier: MIT
#pragma once

#include "sim/board_config.h"

#include <string>
#include <variant>
#include <vector>

namespace gpiofs::mpsse_sim {

/// What the command line asks for.
struct Options {
    enum class Intent { run, help, version };

    Intent intent = Intent::run;
    std::string listen = "127.0.0.1:3240";
    std::string control;  ///< Empty: no control socket.
    std::vector<sim::BoardConfig> boards;
};

/// What is wrong with the command line, in one line.
struct UsageError {
    std::string text;
};

/// Thread-bound: it uses getopt.
std::variant<Options, UsageError> parse_options(int argc, char** argv);

std::string help_text();

}  // namespace gpiofs::mpsse_sim
