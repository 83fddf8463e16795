// SPDX-License-Identifier: MIT
#include "spec/board_spec.h"

#include "base/text.h"
#include "spec/values.h"
#include "spec/virtual_board.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <limits>
#include <vector>

namespace gpiofs::spec {
namespace {

struct KeyValue {
    std::string_view key;
    std::string_view value;
};

enum class Applied { yes, unknown_key, bad_value };

Applied applied_if(bool good) noexcept { return good ? Applied::yes : Applied::bad_value; }

/// A BOARD word cut at its commas: what comes first, and the pairs after it.
struct Word {
    std::string_view head;
    std::vector<KeyValue> pairs;
};

std::optional<Word> cut(std::string_view text, std::string& error) {
    const auto pieces = split(text, ',');
    Word word{pieces.front(), {}};
    for (std::size_t i = 1; i < pieces.size(); ++i) {
        const auto piece = pieces[i];
        const auto equals = piece.find('=');
        if (equals == std::string_view::npos) {
            error = fmt::format("'{}' is not key=value", piece);
            return std::nullopt;
        }
        const KeyValue pair{piece.substr(0, equals), piece.substr(equals + 1)};
        const auto same_key = [&](const KeyValue& other) { return other.key == pair.key; };
        if (std::any_of(word.pairs.begin(), word.pairs.end(), same_key)) {
            error = fmt::format("'{}' is given twice", pair.key);
            return std::nullopt;
        }
        word.pairs.push_back(pair);
    }
    return word;
}

/// Tells of a pair that none of the key tables took.
bool accept(Applied applied, const KeyValue& pair, std::string& error) {
    if (applied == Applied::unknown_key) {
        error = fmt::format("'{}' is not a key of this kind of board", pair.key);
    }
    return applied == Applied::yes;
}

bool is_digits(std::string_view text) noexcept {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// "BUS-PORT.PORT...", the kernel's name of a USB device.
bool parse_path(std::string_view text, std::optional<std::string>& path, std::string& error) {
    const auto dash = text.find('-');
    bool good = dash != std::string_view::npos && is_digits(text.substr(0, dash));
    if (good) {
        const auto ports = split(text.substr(dash + 1), '.');
        good = std::all_of(ports.begin(), ports.end(), is_digits);
    }
    if (!good) {
        error = fmt::format("path '{}' is not bus and ports, such as 1-1.2", text);
        return false;
    }
    if (path) {
        error = "'path' is given twice";
        return false;
    }
    path = text;
    return true;
}

bool parse_serial(std::string_view text, std::optional<std::string>& serial, std::string& error) {
    if (text.empty()) {
        error = "the serial is empty: choose a board without one by path:";
        return false;
    }
    if (serial) {
        error = "'serial' is given twice";
        return false;
    }
    serial = text;
    return true;
}

bool parse_interfaces(std::string_view text, std::string& interfaces, std::string& error) {
    const auto is_letter = [](char c) { return c == 'A' || c == 'B'; };
    const auto not_rising = [](char a, char b) { return a >= b; };
    if (text.empty() || !std::all_of(text.begin(), text.end(), is_letter) ||
        std::adjacent_find(text.begin(), text.end(), not_rising) != text.end()) {
        error =
            fmt::format("interface '{}' is not A, B or AB: no other has MPSSE on any chip", text);
        return false;
    }
    interfaces = text;
    return true;
}

/// Keys of every board, real or virtual.
Applied apply_common(BoardSpec& spec, const KeyValue& pair, std::string& error) {
    if (pair.key == "base") {
        spec.base = parse_base(pair.value, error);
        return applied_if(spec.base.has_value());
    }
    if (pair.key == "interface") {
        return applied_if(parse_interfaces(pair.value, spec.interfaces, error));
    }
    if (pair.key == "sample_interval_us") {
        spec.sample_interval_us = parse_sample_interval(pair.value, error);
        return applied_if(spec.sample_interval_us.has_value());
    }
    return Applied::unknown_key;
}

/// Keys that narrow the choice of a real board.
Applied apply_real(BoardSpec& spec, const KeyValue& pair, std::string& error) {
    if (pair.key == "serial") {
        return applied_if(parse_serial(pair.value, spec.serial, error));
    }
    if (pair.key == "path") {
        return applied_if(parse_path(pair.value, spec.path, error));
    }
    return apply_common(spec, pair, error);
}

bool parse_usb_speed(std::string_view text, sim::UsbSpeed& speed, std::string& error) {
    if (text == "instant") {
        speed = sim::UsbSpeed::instant;
    } else if (text == "hs") {
        speed = sim::UsbSpeed::high;
    } else if (text == "fs") {
        speed = sim::UsbSpeed::full;
    } else {
        error = fmt::format("usb '{}' is not instant, hs or fs", text);
        return false;
    }
    return true;
}

/// A time that a virtual board can be given, in the unit that its key names.
struct SimTime {
    std::string_view key;
    std::optional<std::uint32_t> sim::BoardConfig::*setting;
    std::uint32_t most;
};

/// No more than a second, but for the engine's time of a command.
constexpr std::array<SimTime, 6> sim_times = {{
    {"engine_ns", &sim::BoardConfig::engine_ns, std::numeric_limits<std::uint32_t>::max()},
    {"submit_us", &sim::BoardConfig::submit_us, 1'000'000},
    {"frame_us", &sim::BoardConfig::frame_us, 1'000'000},
    {"packet_ns", &sim::BoardConfig::packet_ns, 1'000'000'000},
    {"complete_us", &sim::BoardConfig::complete_us, 1'000'000},
    {"control_us", &sim::BoardConfig::control_us, 1'000'000},
}};

bool parse_time(const SimTime& time, std::string_view text, std::optional<std::uint32_t>& setting,
                std::string& error) {
    const auto value = parse_decimal(text, time.most);
    if (!value) {
        error = fmt::format("{} '{}' is not a number from 0 to {}", time.key, text, time.most);
        return false;
    }
    setting = static_cast<std::uint32_t>(*value);
    return true;
}

/// Keys that describe a virtual board.
Applied apply_virtual(sim::BoardConfig& spec, const KeyValue& pair, std::string& error) {
    if (pair.key == "id") {
        const auto id = parse_usb_id(pair.value, error);
        if (id) {
            spec.vendor = id->vendor;
            spec.product = id->product;
        }
        return applied_if(id.has_value());
    }
    if (pair.key == "serial") {
        spec.serial = pair.value;
        return Applied::yes;
    }
    if (pair.key == "usb") {
        return applied_if(parse_usb_speed(pair.value, spec.usb, error));
    }
    for (const SimTime& time : sim_times) {
        if (pair.key == time.key) {
            return applied_if(parse_time(time, pair.value, spec.*time.setting, error));
        }
    }
    return Applied::unknown_key;
}

bool parse_chip(std::string_view text, std::string& chip, std::string& error) {
    const auto is_name = [](unsigned char c) { return std::isalnum(c) != 0 || c == '-'; };
    if (text.empty() || !std::all_of(text.begin(), text.end(), is_name)) {
        error = fmt::format("'{}' is not the name of a chip, such as FT232H", text);
        return false;
    }
    chip = text;
    return true;
}

bool take_prefix(std::string_view& text, std::string_view prefix) noexcept {
    if (text.substr(0, prefix.size()) != prefix) {
        return false;
    }
    text.remove_prefix(prefix.size());
    return true;
}

/// What is wrong with a selector that is none.
std::string no_selector(std::string_view text) {
    std::string ignored;
    if (has_virtual_boards() && text.starts_with("FT") && parse_chip(text, ignored, ignored)) {
        return fmt::format("'{}' is a chip: for a virtual board use sim:{} or --simulate {}", text,
                           text, text);
    }
    if (text.starts_with('/') || text.starts_with('.')) {
        return fmt::format("'{}' is a path, and there can be only one MOUNTPOINT", text);
    }
    return fmt::format("'{}' is none of VID:PID, serial:S, path:P, all, opted-in{}", text,
                       has_virtual_boards() ? ", sim:CHIP" : "");
}

bool parse_selector(std::string_view text, BoardSpec& spec, std::string& error) {
    if (text == "all") {
        spec.kind = BoardSpec::Kind::all;
        return true;
    }
    if (text == "opted-in") {
        spec.kind = BoardSpec::Kind::opted_in;
        spec.any_identity = true;
        return true;
    }
    if (take_prefix(text, "serial:")) {
        spec.kind = BoardSpec::Kind::serial;
        return parse_serial(text, spec.serial, error);
    }
    if (take_prefix(text, "path:")) {
        spec.kind = BoardSpec::Kind::path;
        spec.any_identity = text.starts_with("/sys/");
        if (spec.any_identity) {
            text.remove_prefix(text.rfind('/') + 1);
        }
        return parse_path(text, spec.path, error);
    }
    if (take_prefix(text, "sim:")) {
        spec.kind = BoardSpec::Kind::simulated;
        return parse_chip(text, spec.simulated.chip, error);
    }
    std::string ignored;
    const auto id = parse_usb_id(text, ignored);
    if (!id) {
        error = no_selector(text);
        return false;
    }
    spec.kind = BoardSpec::Kind::id;
    spec.vendor = id->vendor;
    spec.product = id->product;
    return true;
}

Applied apply(BoardSpec& spec, const KeyValue& pair, std::string& error) {
    if (spec.kind != BoardSpec::Kind::simulated) {
        return apply_real(spec, pair, error);
    }
    const auto applied = apply_virtual(spec.simulated, pair, error);
    return applied == Applied::unknown_key ? apply_common(spec, pair, error) : applied;
}

}  // namespace

std::optional<BoardSpec> parse_board(std::string_view text, std::string& error) {
    const auto word = cut(text, error);
    BoardSpec spec;
    if (!word || !parse_selector(word->head, spec, error)) {
        return std::nullopt;
    }
    for (const auto& pair : word->pairs) {
        if (!accept(apply(spec, pair, error), pair, error)) {
            return std::nullopt;
        }
    }
    if (spec.kind == BoardSpec::Kind::simulated &&
        !check_virtual_board(spec.simulated, spec.interfaces, error)) {
        return std::nullopt;
    }
    return spec;
}

std::optional<sim::BoardConfig> parse_virtual_board(std::string_view text, std::string& error) {
    const auto word = cut(text, error);
    sim::BoardConfig spec;
    if (!word || !parse_chip(word->head, spec.chip, error)) {
        return std::nullopt;
    }
    for (const auto& pair : word->pairs) {
        if (!accept(apply_virtual(spec, pair, error), pair, error)) {
            return std::nullopt;
        }
    }
    if (!check_virtual_board(spec, "", error)) {
        return std::nullopt;
    }
    return spec;
}

}  // namespace gpiofs::spec
