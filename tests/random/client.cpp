// SPDX-License-Identifier: MIT
#include "random/client.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>

namespace gpiofs::test {
namespace {

constexpr std::size_t most_favourites = 6;

bool left_out(std::string_view name) {
    const char* names = std::getenv("GPIOFS_RANDOM_WITHOUT");
    return names != nullptr &&
           fmt::format(",{},", names).find(fmt::format(",{},", name)) != std::string::npos;
}

}  // namespace

std::vector<Client::Operation> Client::all_operations() {
    std::vector<Operation> all = {
        {"export", 40, &Client::export_line},
        {"unexport", 6, &Client::unexport_line},
        {"write direction", 60, &Client::write_direction},
        {"read direction", 50, &Client::read_direction},
        {"write value", 120, &Client::write_value},
        {"read value", 60, &Client::read_value},
        {"write active_low", 15, &Client::write_active_low},
        {"read active_low", 15, &Client::read_active_low},
        {"write edge", 60, &Client::write_edge},
        {"read edge", 30, &Client::read_edge},
        {"read lines", 15, &Client::read_lines},
        {"write interval", 15, &Client::write_interval},
        {"read interval", 5, &Client::read_interval},
        {"burst", 1, &Client::burst},
        {"drive", 110, &Client::drive},
        {"pull", 10, &Client::pull},
        {"wire", 12, &Client::wire},
        {"cut wires", 4, &Client::cut_wires},
        {"open", 40, &Client::open_file_of_line},
        {"close", 25, &Client::close_file},
        {"read file", 80, &Client::read_file},
        {"write file", 40, &Client::write_file},
        {"poll", 100, &Client::poll_file},
        {"events", 60, &Client::read_events},
    };
    std::erase_if(all, [](const Operation& operation) { return left_out(operation.name); });
    return all;
}

Client::Client(Mount& mount, const Setting& setting, Chance chance)
    : mount_(mount), chance_(chance), model_(setting), operations_(all_operations()) {
    for (const Operation& operation : operations_) {
        weights_ += operation.weight;
    }
    for (unsigned chip = 0; chip < model_.chips().size(); ++chip) {
        for (unsigned offset = 0; offset < setting.lines; ++offset) {
            if ((setting.present() >> offset & 1U) != 0) {
                favourites_.push_back({chip, offset});
            }
        }
    }
    while (favourites_.size() > most_favourites) {
        favourites_.erase(favourites_.begin() +
                          chance_.pick(static_cast<unsigned>(favourites_.size())));
    }
    check_names();
}

void Client::step() {
    history_.begin();
    if (model_.plugged() && model_.exported_lines().size() < favourites_.size() / 2) {
        export_line();  // so that there is something to do
        return;
    }
    unsigned at = chance_.pick(weights_);
    for (const Operation& operation : operations_) {
        if (at < operation.weight) {
            (this->*operation.act)();
            return;
        }
        at -= operation.weight;
    }
}

LineRef Client::pick_line() {
    if (chance_.one_in(10)) {
        return {pick_chip(), chance_.pick(model_.setting().lines)};
    }
    return chance_.pick_of(favourites_);
}

LineRef Client::pick_exported() {
    const auto lines = model_.exported_lines();
    return lines.empty() || chance_.one_in(50) ? pick_line() : chance_.pick_of(lines);
}

template <typename Predicate>
LineRef Client::pick_where(Predicate predicate) {
    auto lines = model_.exported_lines();
    std::erase_if(lines, [&](LineRef line) { return !predicate(line); });
    return lines.empty() || chance_.one_in(6) ? pick_exported() : chance_.pick_of(lines);
}

LineRef Client::pick_output() {
    return pick_where([this](LineRef line) { return model_.is_output(line); });
}

LineRef Client::pick_input() {
    return pick_where([this](LineRef line) { return !model_.is_output(line); });
}

LineRef Client::pick_sampled() {
    return pick_where([this](LineRef line) { return model_.sampled(line); });
}

std::string Client::folder(LineRef line, bool legacy) const {
    return legacy ? fmt::format("gpio{}", model_.number(line))
                  : fmt::format("{}/gpio{}", chip_folder(line.chip), line.offset);
}

std::string Client::chip_folder(unsigned chip) const { return fmt::format("chip{}", chip); }

std::string Client::legacy_chip_folder(unsigned chip) const {
    return fmt::format("gpiochip{}", model_.number({chip, 0}));
}

std::string Client::word(std::initializer_list<std::string_view> valid,
                         std::initializer_list<std::string_view> invalid) {
    if (chance_.one_in(12)) {
        return std::string(chance_.word(invalid));
    }
    static constexpr std::array<std::string_view, 4> ends = {
        std::string_view("\n"), std::string_view(""), std::string_view("\0", 1),
        std::string_view("\0x", 2)};
    const std::string_view end = chance_.one_in(8) ? chance_.pick_of(ends) : ends[0];
    return std::string(chance_.word(valid)).append(end);
}

std::string Client::number_word() {
    if (!chance_.one_in(4)) {
        return chance_.coin() ? "1\n" : "0\n";
    }
    return word({"0", "1", "2", "-1", "100", "0x1", "0x0", "00", "01", "10", "+1", "9999999999"},
                {" 1", "1 ", "1 0", "1abc", "abc", "\n", "1\n\n", "on", "0x", "-", "",
                 "18446744073709551616", "-9223372036854775809"});
}

void Client::write(const std::string& path, std::string_view text, const std::string& expected) {
    history_.check(fmt::format("write {} {}", path, in_quotes(text)), expected,
                   write_text(mount_ / path, text));
}

void Client::read(const std::string& path, const std::string& expected) {
    history_.check("read " + path, expected, read_text(mount_ / path));
}

void Client::bench(const std::string& file, const std::string& text) {
    write("sim/0/" + file, text, "ok");
}

void Client::written(unsigned chip) {
    if (model_.samples(chip)) {
        model_.sample(chip);  // which follows the write
    }
    if (model_.pins().wired_across()) {
        settle(chip);
        sample_moved();
    }
}

void Client::settle(unsigned chip) {
    if (model_.plugged() && model_.chips()[chip].unsettled) {
        model_.chips()[chip].unsettled = false;
        read(legacy_chip_folder(chip) + "/lines", model_.lines_table(chip));
    }
}

void Client::settle_all() {
    for (unsigned chip = 0; chip < model_.chips().size(); ++chip) {
        settle(chip);
    }
}

void Client::sample_moved() {
    for (const LineRef line : model_.moved()) {
        sample_by_reading(line);
    }
}

void Client::sample_by_reading(LineRef line) {
    model_.sample(line);
    const auto model = model_.exported(line);
    for (OpenFile& file : files_) {
        if (file.exported == model && file.shows_value() && chance_.coin()) {
            pread_value(file);
            return;
        }
    }
    read(folder(line, chance_.coin()) + "/value", model_.value(line));
}

void Client::check_names() {
    history_.check("list the root", fmt::format("{}", fmt::join(model_.names(), " ")),
                   fmt::format("{}", fmt::join(list(mount_.path()), " ")));
}

}  // namespace gpiofs::test
