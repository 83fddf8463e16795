// SPDX-License-Identifier: MIT
#include "monitor/options.h"

#include "base/text.h"
#include "monitor/period.h"

#include <fmt/format.h>

#include <array>
#include <getopt.h>
#include <limits>
#include <string_view>

namespace gpiofs::monitor {
namespace {

constexpr std::array<option, 7> long_options = {{
    {"edges", required_argument, nullptr, 'e'},
    {"idle-timeout", required_argument, nullptr, 'i'},
    {"num-events", required_argument, nullptr, 'n'},
    {"root", required_argument, nullptr, 'r'},
    {"help", no_argument, nullptr, 'h'},
    {"version", no_argument, nullptr, 'v'},
    {nullptr, 0, nullptr, 0},
}};

constexpr std::string_view see_help = "see mpsse-gpiomon --help";

UsageError usage(std::string_view what, std::string_view why) {
    return {fmt::format("{}: {}: {}", what, why, see_help)};
}

/// getopt's complaint about the option it has just met.
UsageError complaint(int found, char** argv) {
    const std::string word = fmt::format("'{}'", argv[optind - 1]);
    if (found == ':') {
        return usage(word, "value missing");
    }
    // optopt is 0 for a long option that there is not, and the letter of one that takes no value.
    if (optopt == 'h' || optopt == 'v') {
        return usage(word, "takes no value");
    }
    return usage(optopt == 0 ? word : fmt::format("'-{:c}'", optopt), "no such option");
}

UsageError bad_value(std::string_view option, std::string_view value, std::string_view why) {
    return usage(fmt::format("{} '{}'", option, value), why);
}

std::variant<LineName, UsageError> parse_line(std::string_view word,
                                              const std::optional<std::string>& root) {
    if (word.empty()) {
        return usage("LINE ''", "empty");
    }
    if (escape_control(word) != word) {
        return usage(fmt::format("LINE '{}'", word), "control characters in it");
    }
    if (word.find_first_not_of("0123456789") != std::string_view::npos) {
        return LineName(std::string(word));
    }
    if (!root) {
        return UsageError{
            fmt::format("LINE '{0}': a number needs --root: give --root DIR, the folder "
                        "that has gpio{0}, or the folder of the line",
                        word)};
    }
    const auto number = parse_decimal(word, std::numeric_limits<std::int32_t>::max());
    if (!number) {
        return usage(fmt::format("LINE '{}'", word), "no line has such a number");
    }
    return LineName(std::string(word), *root, *number);
}

}  // namespace

std::variant<Options, UsageError> parse_options(int argc, char** argv) {
    Options options;
    std::optional<std::string> root;
    opterr = 0;
    optind = 0;
    while (true) {
        const int found = ::getopt_long(argc, argv, ":e:i:n:hv", long_options.data(), nullptr);
        if (found == -1) {
            break;
        }
        switch (found) {
            case 'e': {
                const auto edges = edges_named(optarg);
                if (!edges) {
                    return bad_value("--edges", optarg, "not rising, falling or both");
                }
                options.edges = *edges;
                break;
            }
            case 'i': {
                const auto period = parse_period(optarg);
                if (!period) {
                    return bad_value("--idle-timeout", optarg,
                                     "not a whole number of milliseconds, or of us, ms, s or m");
                }
                options.idle.reset();
                if (*period != Duration::zero()) {
                    options.idle = period;
                }
                break;
            }
            case 'n': {
                const auto count = parse_decimal(optarg, std::numeric_limits<std::uint64_t>::max());
                if (!count) {
                    return bad_value("--num-events", optarg, "not a whole number");
                }
                options.count.reset();
                if (*count != 0) {
                    options.count = count;
                }
                break;
            }
            case 'r':
                root = optarg;
                if (root->empty()) {
                    return bad_value("--root", "", "empty");
                }
                break;
            case 'h':
                options.intent = Options::Intent::help;
                return options;
            case 'v':
                options.intent = Options::Intent::version;
                return options;
            default:
                return complaint(found, argv);
        }
    }
    for (int i = optind; i < argc; ++i) {
        auto line = parse_line(argv[i], root);
        if (auto* error = std::get_if<UsageError>(&line)) {
            return *error;
        }
        options.lines.push_back(std::get<LineName>(line));
    }
    if (options.lines.empty()) {
        return usage("LINE", "none given");
    }
    return options;
}

std::string help_text() {
    return "Usage: mpsse-gpiomon [options] LINE...\n"
           "\n"
           "Prints the edges of GPIO lines as they come, one line each:\n"
           "NANOSECONDS LINE rising|falling LOST\n"
           "\n"
           "LINE is the folder of an exported line, such as /sys/class/gpio/gpio513, or\n"
           "with --root its number.\n"
           "\n"
           "Options:\n"
           "  -e, --edges EDGES                rising, falling or both (both)\n"
           "  -i, --idle-timeout PERIOD        end with status 3 after PERIOD without an edge\n"
           "  -n, --num-events NUM             end after NUM edges\n"
           "  --root DIR                       the folder of the lines that are given as numbers\n"
           "  -h, --help                       show this and exit\n"
           "  -v, --version                    show the version and exit\n"
           "\n"
           "PERIOD is in milliseconds, or has a unit: us, ms, s or m (minutes).\n"
           "The status is 0 after NUM edges, 1 after an error, 2 for bad usage, 3 after PERIOD\n"
           "without an edge, 4 when a line has gone. The manual, mpsse-gpiomon(1), says more.\n";
}

}  // namespace gpiofs::monitor
