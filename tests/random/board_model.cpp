// SPDX-License-Identifier: MIT
#include "random/board_model.h"

#include "random/words.h"

#include <fmt/format.h>

#include <algorithm>

namespace gpiofs::test {
namespace {

constexpr unsigned first_interval_us = 1000;

}  // namespace

BoardModel::BoardModel(const Setting& setting)
    : setting_(setting),
      chips_(setting.mpsse_interfaces),
      pins_(setting.mpsse_interfaces, setting.lines, setting.pulled_down) {
    constexpr unsigned first_base = 512;
    for (unsigned i = 0; i < chips_.size(); ++i) {
        chips_[i].base = first_base + i * setting.lines;
        chips_[i].number = i;
        chips_[i].interval_us = first_interval_us;
    }
}

std::shared_ptr<ExportModel> BoardModel::exported(LineRef line) const {
    return chips_[line.chip].exported[line.offset];
}

std::vector<LineRef> BoardModel::exported_lines() const {
    std::vector<LineRef> lines;
    for (unsigned chip = 0; chip < chips_.size(); ++chip) {
        for (unsigned offset = 0; offset < setting_.lines; ++offset) {
            if (chips_[chip].exported[offset]) {
                lines.push_back({chip, offset});
            }
        }
    }
    return lines;
}

bool BoardModel::sampled(LineRef line) const {
    const auto model = exported(line);
    return model && model->edge != Edge::none && !is_output(line);
}

bool BoardModel::samples(unsigned chip) const {
    for (unsigned offset = 0; offset < setting_.lines; ++offset) {
        if (sampled({chip, offset})) {
            return true;
        }
    }
    return false;
}

std::string BoardModel::export_line(LineRef line) {
    if (line.offset >= setting_.lines || !has(setting_.present(), line)) {
        return "EINVAL";
    }
    auto& exported = chips_[line.chip].exported[line.offset];
    if (exported) {
        return "EBUSY";
    }
    exported = std::make_shared<ExportModel>();
    return "ok";
}

std::string BoardModel::unexport_line(LineRef line) {
    if (line.offset >= setting_.lines || !chips_[line.chip].exported[line.offset]) {
        return "EINVAL";
    }
    std::exchange(chips_[line.chip].exported[line.offset], nullptr)->dead = true;
    return "ok";
}

std::string BoardModel::root_export(std::string_view text) {
    const KernelNumber number = kernel_int(text_of(text));
    if (number.error != 0) {
        return answer_of(number);
    }
    for (unsigned chip = 0; plugged_ && chip < chips_.size(); ++chip) {
        const std::int64_t offset = number.value - chips_[chip].base;
        if (offset >= 0 && offset < setting_.lines) {
            return export_line({chip, static_cast<unsigned>(offset)});
        }
    }
    return "EINVAL";
}

std::string BoardModel::root_unexport(std::string_view text) {
    const KernelNumber number = kernel_int(text_of(text));
    if (number.error != 0) {
        return answer_of(number);
    }
    for (unsigned chip = 0; plugged_ && chip < chips_.size(); ++chip) {
        const std::int64_t offset = number.value - chips_[chip].base;
        if (offset >= 0 && offset < setting_.lines) {
            return unexport_line({chip, static_cast<unsigned>(offset)});
        }
    }
    return "EINVAL";
}

std::string BoardModel::chip_export(unsigned chip, std::string_view text) {
    if (!plugged_) {
        return "ENOENT";
    }
    const KernelNumber number = kernel_uint(text_of(text));
    return number.error != 0 ? answer_of(number)
                             : export_line({chip, static_cast<unsigned>(number.value)});
}

std::string BoardModel::chip_unexport(unsigned chip, std::string_view text) {
    if (!plugged_) {
        return "ENOENT";
    }
    const KernelNumber number = kernel_uint(text_of(text));
    return number.error != 0 ? answer_of(number)
                             : unexport_line({chip, static_cast<unsigned>(number.value)});
}

std::string BoardModel::write_interval(unsigned chip, std::string_view text) {
    if (!plugged_) {
        return "ENOENT";
    }
    const KernelNumber number = kernel_uint(text_of(text));
    if (number.error == 0) {
        chips_[chip].interval_us = static_cast<unsigned>(number.value);
    }
    return answer_of(number);
}

std::string BoardModel::lines_table(unsigned chip) const {
    if (!plugged_) {
        return "ENOENT";
    }
    std::string table = "OFFSET NUMBER PIN DIRECTION LEVEL USED\n";
    for (unsigned offset = 0; offset < setting_.lines; ++offset) {
        const LineRef line{chip, offset};
        if (!has(setting_.present(), line)) {
            continue;
        }
        const char port = static_cast<char>('A' + chip);
        table += fmt::format("{} {} {}{}BUS{} {} {:d} {}\n", offset, number(line), port,
                             offset < 8 ? 'D' : 'C', offset % 8, word_of(direction(line)),
                             pins_.level(pin_of(line)), exported(line) ? "yes" : "no");
    }
    return table;
}

std::vector<std::string> BoardModel::names() const {
    std::vector<std::string> names{"export", "sim", "unexport"};
    for (const Chip& chip : chips_) {
        if (plugged_) {
            names.push_back(fmt::format("chip{}", chip.number));
            names.push_back(fmt::format("gpiochip{}", chip.base));
        }
    }
    for (const LineRef line : exported_lines()) {
        names.push_back(fmt::format("gpio{}", number(line)));
    }
    std::sort(names.begin(), names.end());
    return names;
}

void BoardModel::sample(LineRef line) {
    if (sampled(line)) {
        edges_ += exported(line)->sample(pins_.level(pin_of(line))) ? 1 : 0;
    }
}

void BoardModel::sample(unsigned chip) {
    for (unsigned offset = 0; offset < setting_.lines; ++offset) {
        sample(LineRef{chip, offset});
    }
}

std::vector<LineRef> BoardModel::moved() const {
    std::vector<LineRef> lines;
    for (const LineRef line : exported_lines()) {
        if (sampled(line) && exported(line)->previous != pins_.level(pin_of(line))) {
            lines.push_back(line);
        }
    }
    return lines;
}

void BoardModel::unexport_all() {
    for (const LineRef line : exported_lines()) {
        unexport_line(line);
    }
}

void BoardModel::unplug() {
    unexport_all();
    plugged_ = false;
    for (unsigned i = 0; i < chips_.size(); ++i) {
        chips_[i].output = {};
        chips_[i].interval_us = first_interval_us;
        chips_[i].unsettled = false;
        for (unsigned offset = 0; offset < setting_.lines; ++offset) {
            pins_.set_output({i, offset}, std::nullopt);
        }
    }
}

void BoardModel::lose_power() { unexport_all(); }

}  // namespace gpiofs::test
