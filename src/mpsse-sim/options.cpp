// SPDX-License-Identifier: MIT
#include "options.h"

#include "spec/board_spec.h"

#include <fmt/format.h>

#include <array>
#include <getopt.h>
#include <optional>

namespace gpiofs::mpsse_sim {
namespace {

constexpr std::array<option, 5> long_options = {{
    {"listen", required_argument, nullptr, 'l'},
    {"control", required_argument, nullptr, 'c'},
    {"help", no_argument, nullptr, 'h'},
    {"version", no_argument, nullptr, 'V'},
    {nullptr, 0, nullptr, 0},
}};

/// getopt's complaint about the option it has just met.
std::string complaint(int found, char** argv) {
    const char* word = argv[optind - 1];
    return fmt::format("{}: {}; see --help", word,
                       found == ':' ? "value missing" : "no such option");
}

}  // namespace

std::variant<Options, UsageError> parse_options(int argc, char** argv) {
    Options options;
    opterr = 0;
    while (true) {
        const int found = ::getopt_long(argc, argv, ":hV", long_options.data(), nullptr);
        if (found == -1) {
            break;
        }
        switch (found) {
            case 'l':
                options.listen = optarg;
                break;
            case 'c':
                options.control = optarg;
                break;
            case 'h':
                options.intent = Options::Intent::help;
                return options;
            case 'V':
                options.intent = Options::Intent::version;
                return options;
            default:
                return UsageError{complaint(found, argv)};
        }
    }
    for (int i = optind; i < argc; ++i) {
        std::string error;
        const auto board = spec::parse_virtual_board(argv[i], error);
        if (!board) {
            return UsageError{error};
        }
        options.boards.push_back(*board);
    }
    if (options.boards.empty()) {
        return UsageError{"no BOARD given; see --help"};
    }
    return options;
}

std::string help_text() {
    return "Usage: mpsse-sim [options] BOARD...\n"
           "\n"
           "Serves virtual FTDI MPSSE boards over USB/IP.\n"
           "\n"
           "BOARD is FT232H, FT2232H, FT4232H or FT2232D, followed by pairs such as\n"
           ",id=0403:6988,serial=S1,usb=hs,engine_ns=500. Times of the bus: submit_us,\n"
           "frame_us, packet_ns, complete_us, control_us.\n"
           "\n"
           "Options:\n"
           "  --listen ADDRESS:PORT            where clients attach (127.0.0.1:3240; port 0: any)\n"
           "  --control SOCKET                 Unix socket that takes the bench's words\n"
           "  -h, --help                       show this and exit\n"
           "  -V, --version                    show the version and exit\n"
           "\n"
           "The manual, mpsse-sim(1), explains each of them.\n";
}

}  // namespace gpiofs::mpsse_sim
