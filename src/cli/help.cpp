// SPDX-License-Identifier: MIT
#include "cli/option_table.h"
#include "cli/options.h"
#include "spec/virtual_board.h"

#include <fmt/format.h>

#include <iterator>

namespace gpiofs::cli {
namespace {

std::string command_spelling(const OptionRow& row) {
    std::string text;
    if (!row.letter.empty()) {
        text = fmt::format("-{}", row.letter);
    }
    if (!row.name.empty()) {
        text += fmt::format("{}--{}", text.empty() ? "" : ", ", row.name);
    }
    return row.value.empty() ? text : fmt::format("{} {}", text, row.value);
}

std::string mount_spelling(const OptionRow& row) {
    return fmt::format("-o {}{}{}", row.name, row.value.empty() ? "" : "=", row.value);
}

void add_row(std::string& text, const std::string& spelling, std::string_view help) {
    fmt::format_to(std::back_inserter(text), "  {:<32} {}\n", spelling, help);
}

}  // namespace

std::string help_text() {
    std::string text =
        "Usage: mpsse-gpiofs [options] [BOARD] MOUNTPOINT\n"
        "\n"
        "Mounts the GPIO lines of FTDI MPSSE chips as a tree like /sys/class/gpio.\n"
        "\n"
        "BOARD is VID:PID, serial:S, path:BUS-PORTS, all, opted-in or sim:CHIP, followed by\n"
        "pairs such as ,base=100,interface=AB. Without it the one suitable board is taken.\n";
    text += spec::has_virtual_boards()
                ? "A virtual board also has id, usb=instant|hs|fs and its times: engine_ns, "
                  "submit_us,\n"
                  "frame_us, packet_ns, complete_us, control_us.\n"
                : "This program was built without virtual boards, sim:CHIP.\n";
    text += "\nOptions:\n";
    for (const auto& row : command_options()) {
        if (row.name != "simulate" || spec::has_virtual_boards()) {
            add_row(text, command_spelling(row), row.help);
        }
    }
    text += "\nMount options:\n";
    for (const auto& row : mount_options()) {
        add_row(text, mount_spelling(row), row.help);
    }
    text += "\nThe manual, mpsse-gpiofs(8), explains each of them.\n";
    return text;
}

}  // namespace gpiofs::cli
