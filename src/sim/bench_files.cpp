// SPDX-License-Identifier: MIT
#include "sim/bench_files.h"

#include "base/error.h"
#include "base/text.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <optional>
#include <span>
#include <utility>

namespace gpiofs::sim {
namespace {

constexpr std::array<std::pair<std::string_view, FaultKind>, 11> fault_words = {{
    {"timeout", FaultKind::timeout},
    {"stall", FaultKind::stall},
    {"short", FaultKind::short_reply},
    {"status-only", FaultKind::status_only},
    {"garbage", FaultKind::garbage},
    {"late", FaultKind::late},
    {"nak", FaultKind::nak},
    {"cut", FaultKind::cut},
    {"endpoint-gone", FaultKind::endpoint_gone},
    {"power-loss", FaultKind::power_loss},
    {"imitation", FaultKind::imitation},
}};
constexpr std::uint64_t most_faults = 1'000'000'000;
constexpr std::uint64_t longest_pulse_us = 3'600'000'000;  // an hour

using File = std::pair<std::string_view, Access>;
constexpr std::array<File, 4> board_files = {{
    {"plugged", Access::read_write},
    {"wires", Access::read_write},
    {"fault", Access::write_only},
    {"counters", Access::read_only},
}};
constexpr std::array<File, 5> pin_files = {{
    {"pull", Access::read_write},
    {"drive", Access::read_write},
    {"pulse", Access::write_only},
    {"level", Access::read_only},
    {"edges", Access::read_only},
}};

/// A path taken apart: a pin's file, or a file of the board.
struct Target {
    std::optional<PinId> pin;
    std::string_view file;
    Access access = Access::read_write;
};

Target find_target(const VirtualBoard& board, std::string_view path) {
    Target target;
    const auto slash = path.find('/');
    target.file = path;
    if (slash != std::string_view::npos) {
        target.pin = parse_pin(path.substr(0, slash));
        target.file = path.substr(slash + 1);
    }
    const bool known_folder =
        slash == std::string_view::npos || (target.pin && board.has_pin(*target.pin));
    const auto files = target.pin ? std::span<const File>(pin_files) : board_files;
    for (const auto& [name, access] : files) {
        if (known_folder && name == target.file) {
            target.access = access;
            return target;
        }
    }
    throw_errno(ENOENT, fmt::format("no file '{}'", path));
}

[[noreturn]] void refuse(std::string_view file, std::string_view text) {
    throw_errno(EINVAL, fmt::format("{}: '{}'", file, escape_control(text)));
}

Wire parse_wire(const VirtualBoard& board, std::string_view line) {
    const auto words = split(line, ' ');
    const auto a = words.size() == 2 ? parse_pin(words[0]) : std::nullopt;
    const auto b = words.size() == 2 ? parse_pin(words[1]) : std::nullopt;
    if (!a || !b || *a == *b || !board.has_pin(*a) || !board.has_pin(*b)) {
        refuse("wires", line);
    }
    return {*a, *b};
}

void write_wires(VirtualBoard& board, std::string_view text) {
    if (text.empty()) {
        board.set_wires({});
        return;
    }
    std::vector<Wire> wires;
    for (const std::string_view line : split(text, '\n')) {
        wires.push_back(parse_wire(board, line));
    }
    board.add_wires(wires);
}

void write_fault(VirtualBoard& board, std::string_view text) {
    if (text == "0") {
        board.set_fault(FaultKind::none, 0);
        return;
    }
    const auto words = split(text, ' ');
    for (const auto& [name, kind] : fault_words) {
        if (words.size() != 2 || words[0] != name) {
            continue;
        }
        const auto count = parse_decimal(words[1], most_faults);
        if (!count && words[1] != "-1") {
            break;
        }
        board.set_fault(kind, count ? static_cast<long>(*count) : -1);
        return;
    }
    refuse("fault", text);
}

void write_pin(VirtualBoard& board, PinId pin, std::string_view file, std::string_view text) {
    if (file == "pull" && (text == "pull-up" || text == "pull-down")) {
        board.set_pull(pin, text == "pull-up" ? Pull::up : Pull::down);
    } else if (file == "drive" && (text == "0" || text == "1")) {
        board.set_drive(pin, text == "1" ? Drive::high : Drive::low);
    } else if (file == "drive" && text == "z") {
        board.set_drive(pin, Drive::z);
    } else if (const auto length = parse_decimal(text, longest_pulse_us);
               file == "pulse" && length && *length > 0) {
        board.pulse(pin, std::chrono::microseconds(*length));
    } else {
        refuse(file, text);
    }
}

std::string read_pin(VirtualBoard& board, PinId pin, std::string_view file) {
    if (file == "pull") {
        return board.pull(pin) == Pull::up ? "pull-up\n" : "pull-down\n";
    }
    if (file == "level") {
        return board.level(pin) ? "1\n" : "0\n";
    }
    if (file == "edges") {
        return fmt::format("{}\n", board.edges(pin.interface)[pin.bit]);
    }
    switch (board.drive(pin)) {
        case Drive::low:
            return "0\n";
        case Drive::high:
            return "1\n";
        case Drive::z:
            break;
    }
    return "z\n";
}

std::string counters_text(const Counters& counters) {
    return fmt::format(
        "out_transfers {}\nin_transfers {}\nstatus_only {}\ncontrol_transfers {}\nopcodes {}\n"
        "bad_opcodes {}\n",
        counters.out_transfers, counters.in_transfers, counters.status_only,
        counters.control_transfers, counters.opcodes, counters.bad_opcodes);
}

}  // namespace

std::vector<std::string> list_pins(const VirtualBoard& board) {
    std::vector<std::string> names;
    for (unsigned interface = 0; interface < board.chip().interfaces; ++interface) {
        for (unsigned bit = 0; bit < 16; ++bit) {
            if (board.has_pin({interface, bit})) {
                names.push_back(pin_name({interface, bit}));
            }
        }
    }
    return names;
}

std::vector<BenchFile> list_files(const VirtualBoard& board) {
    const std::vector<std::string> pins = list_pins(board);
    std::vector<BenchFile> files;
    files.reserve(board_files.size() + pins.size() * pin_files.size());
    for (const auto& [name, access] : board_files) {
        files.push_back({std::string(name), access});
    }
    for (const std::string& pin : pins) {
        for (const auto& [name, access] : pin_files) {
            files.push_back({fmt::format("{}/{}", pin, name), access});
        }
    }
    return files;
}

std::string read_file(VirtualBoard& board, std::string_view path) {
    const Target target = find_target(board, path);
    if (target.access == Access::write_only) {
        throw_errno(EACCES, fmt::format("'{}' is only written", path));
    }
    if (target.pin) {
        return read_pin(board, *target.pin, target.file);
    }
    if (target.file == "plugged") {
        return board.attachment() != 0 ? "1\n" : "0\n";
    }
    if (target.file == "counters") {
        return counters_text(board.counters());
    }
    std::string text;
    for (const Wire& wire : board.wires()) {
        text += fmt::format("{} {}\n", pin_name(wire.a), pin_name(wire.b));
    }
    return text;
}

void write_file(VirtualBoard& board, std::string_view path, std::string_view text) {
    const Target target = find_target(board, path);
    if (target.access == Access::read_only) {
        throw_errno(EACCES, fmt::format("'{}' is only read", path));
    }
    if (!text.empty() && text.back() == '\n') {
        text.remove_suffix(1);
    }
    if (target.pin) {
        write_pin(board, *target.pin, target.file, text);
    } else if (target.file == "wires") {
        write_wires(board, text);
    } else if (target.file == "fault") {
        write_fault(board, text);
    } else {
        board.set_plugged(parse_switch(text));
    }
}

bool parse_switch(std::string_view text) {
    if (!attribute_equals(text, "0") && !attribute_equals(text, "1")) {
        refuse("plugged", text);
    }
    return text.front() == '1';
}

}  // namespace gpiofs::sim
