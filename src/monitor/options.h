// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "monitor/edge.h"
#include "monitor/line_name.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace gpiofs::monitor {

/// What the command line of mpsse-gpiomon asks for.
struct Options {
    enum class Intent { run, help, version };

    Intent intent = Intent::run;
    std::optional<std::uint64_t> count;  ///< edges to print; nothing: no limit
    std::optional<Duration> idle;        ///< longest time without an edge; nothing: no limit
    Edges edges = Edges::both;
    std::vector<LineName> lines;
};

/// What is wrong with the command line, in one line.
struct UsageError {
    std::string text;
};

/// Thread-bound: it uses getopt.
std::variant<Options, UsageError> parse_options(int argc, char** argv);

std::string help_text();

}  // namespace gpiofs::monitor
