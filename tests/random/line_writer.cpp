// SPDX-License-Identifier: MIT
#include "random/line_writer.h"

#include "random/pins_model.h"

#include <fmt/format.h>

#include <array>
#include <sstream>

namespace gpiofs::test {
namespace {

constexpr long writes_to_a_count = 64;

}  // namespace

fs::path LinePlace::legacy() const { return root / fmt::format("gpio{}", base + offset); }
fs::path LinePlace::newer() const { return root / fmt::format("chip{}/gpio{}", chip, offset); }
fs::path LinePlace::table() const { return root / fmt::format("gpiochip{}/lines", base); }
fs::path LinePlace::pin() const { return root / "sim/0" / pin_word({chip, offset}); }

std::string row_of(const LinePlace& place, const std::string& table) {
    std::istringstream rows(table);
    const std::string start = fmt::format("{} {} ", place.offset, place.base + place.offset);
    for (std::string row; std::getline(rows, row);) {
        if (row.starts_with(start)) {
            return row.substr(row.find("BUS") + 5);  // behind "BUS0 "
        }
    }
    return {};
}

LineWriter::LineWriter(LinePlace place, const Setting& setting, Chance chance)
    : place_(std::move(place)),
      can_input_((setting.can_input >> place_.offset & 1U) != 0),
      pulled_((setting.pulled_down >> place_.offset & 1U) == 0),
      chance_(chance),
      output_(read_text(place_.legacy() / "direction") == "out\n"),
      driven_(read_text(place_.pin() / "level") == "1\n"),
      pin_changes_(std::stol(read_text(place_.pin() / "edges"))) {}

void LineWriter::write_many(long writes, Stage& stage) {
    for (long number = 1; number <= writes && !stage.failed; ++number) {
        history_.begin();
        write_something();
        for (unsigned reads = 1 + chance_.pick(2); reads > 0; --reads) {
            read_something();
        }
        if (number % writes_to_a_count == 0) {
            check_pin();
        }
    }
    check_pin();
    leave_as_found();
    stage.accesses += accesses_;
    --stage.writers;
}

void LineWriter::check(const std::string& access, const std::string& expected,
                       const std::string& answer) {
    ++accesses_;
    history_.check(access, expected, answer);
}

void LineWriter::write(const fs::path& path, std::string_view text, const std::string& expected) {
    check(
        fmt::format("write {} {}", path.lexically_relative(place_.root).string(), in_quotes(text)),
        expected, write_text(path, text));
}

void LineWriter::write_something() {
    switch (chance_.pick(8)) {
        case 0:
        case 1:
            write_direction();
            break;
        case 2:
            write_active_low();
            break;
        case 3:
            write_edge();
            break;
        default:
            write_value();
            break;
    }
}

void LineWriter::pin_is(bool output, bool driven) {
    const bool before = level();
    output_ = output;
    driven_ = driven;
    pin_changes_ += level() != before ? 1 : 0;
}

void LineWriter::write_direction() {
    static constexpr std::array<const char*, 4> words = {"out\n", "low\n", "high\n", "in\n"};
    const std::string_view word = chance_.pick_of(words);
    if (word == "in\n") {
        write(folder() / "direction", word, can_input_ ? "ok" : "EOPNOTSUPP");
        pin_is(output_ && !can_input_, driven_);
    } else {
        write(folder() / "direction", word, "ok");
        pin_is(true, word == "high\n");
    }
}

void LineWriter::write_value() {
    const bool value = chance_.coin();
    write(folder() / "value", value ? "1\n" : "0\n", output_ ? "ok" : "EPERM");
    if (output_) {
        pin_is(true, value != active_low_);
    }
}

void LineWriter::write_active_low() {
    active_low_ = chance_.coin();
    write(place_.legacy() / "active_low", active_low_ ? "1\n" : "0\n", "ok");
}

void LineWriter::write_edge() {
    const Edge edge = static_cast<Edge>(chance_.pick(4));
    const std::string text = fmt::format("{}\n", edge_word(edge));
    if (!can_input_) {
        write(place_.legacy() / "edge", text, "ENOENT");
        return;
    }
    const bool refused = output_ && edge != Edge::none && edge != edge_;
    write(place_.legacy() / "edge", text, refused ? "EIO" : "ok");
    edge_ = refused ? Edge::none : edge;
}

std::string LineWriter::expected_value() const {
    return !can_input_ ? "EOPNOTSUPP" : level() != active_low_ ? "1\n" : "0\n";
}

void LineWriter::read_something() {
    switch (chance_.pick(6)) {
        case 0:
            check("read edge", can_input_ ? fmt::format("{}\n", edge_word(edge_)) : "ENOENT",
                  read_text(place_.legacy() / "edge"));
            break;
        case 1:
            check("read active_low", active_low_ ? "1\n" : "0\n",
                  read_text(place_.legacy() / "active_low"));
            break;
        case 2:
            check("read lines", fmt::format("{} {:d} yes", output_ ? "out" : "in", level()),
                  row_of(place_, read_text(place_.table())));
            break;
        case 3:
            check("read value", expected_value(), read_text(folder() / "value"));
            break;
        default:
            check("read direction", output_ ? "out\n" : "in\n", read_text(folder() / "direction"));
            break;
    }
}

void LineWriter::leave_as_found() {
    write(place_.legacy() / "active_low", "0\n", "ok");
    if (can_input_) {
        write(place_.legacy() / "edge", "none\n", "ok");
        write(place_.legacy() / "direction", "in\n", "ok");
    }
}

void LineWriter::check_pin() {
    // What was acknowledged has reached the pin once the chip has answered what came after it.
    check("read lines", fmt::format("{} {:d} yes", output_ ? "out" : "in", level()),
          row_of(place_, read_text(place_.table())));
    check("changes of the pin", fmt::format("{}\n", pin_changes_),
          read_text(place_.pin() / "edges"));
}

}  // namespace gpiofs::test
