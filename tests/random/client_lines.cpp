// SPDX-License-Identifier: MIT
// The files of chips and lines, by path.
#include "random/client.h"
#include "random/words.h"

#include <fmt/format.h>

#include <array>

namespace gpiofs::test {

void Client::export_line() {
    const LineRef line = pick_line();
    if (chance_.coin()) {
        const unsigned number = model_.number(line);
        const std::string text =
            chance_.one_in(20)
                ? word({"0", "-1", "511", "600", "4294967296"},
                       {"", " 512", "512 513", "gpio512", "x"})
                : fmt::format(fmt::runtime(chance_.pick_of(
                                  std::array<const char*, 4>{"{}\n", "{}", "0x{:x}\n", "+{}\n"})),
                              number);
        write("export", text, text.empty() ? "ok" : model_.root_export(text));
    } else {
        const std::string text =
            chance_.one_in(20) ? word({"16", "99", "4294967296"}, {"", "-1", " 1", "1 2", "x"})
                               : fmt::format("{}\n", line.offset);
        write(chip_folder(line.chip) + "/export", text,
              text.empty() && model_.plugged() ? "ok" : model_.chip_export(line.chip, text));
    }
}

void Client::unexport_line() {
    const LineRef line = chance_.one_in(4) ? pick_line() : pick_exported();
    if (chance_.coin()) {
        const std::string text = fmt::format("{}\n", model_.number(line));
        write("unexport", text, model_.root_unexport(text));
    } else {
        const std::string text = fmt::format("{}\n", line.offset);
        write(chip_folder(line.chip) + "/unexport", text, model_.chip_unexport(line.chip, text));
    }
    if (!there(line)) {
        read(folder(line, chance_.coin()) + "/direction", "ENOENT");
    }
}

void Client::write_direction() {
    const LineRef line = pick_exported();
    const bool mostly_input = line.offset % 2 == 0 && !chance_.one_in(4);
    const std::string text =
        mostly_input ? "in\n"
                     : word({"in", "out", "high", "low"},
                            {"", "\n", "1", "OUT", "in ", " in", "ou", "outx", "in\n\n"});
    const std::string path = folder(line, chance_.coin()) + "/direction";
    if (!there(line)) {
        write(path, text, "ENOENT");
        return;
    }
    const bool was_output = model_.is_output(line);
    const std::string expected = text.empty() ? "ok" : model_.write_direction(line, text);
    write(path, text, expected);
    if (expected == "ok" && !text.empty()) {
        written(line.chip);
    }
    if (was_output && model_.sampled(line) && chance_.coin()) {
        write_value();  // which may move the line before anybody has looked at it
    }
}

void Client::read_direction() {
    const LineRef line = pick_exported();
    read(folder(line, chance_.coin()) + "/direction",
         there(line) ? model_.direction(line) : "ENOENT");
}

void Client::write_value() {
    const LineRef line = pick_output();
    const std::string text = number_word();
    const std::string path = folder(line, chance_.coin()) + "/value";
    if (!there(line)) {
        write(path, text, "ENOENT");
        return;
    }
    const std::string expected = text.empty() ? "ok" : model_.write_value(line, text);
    write(path, text, expected);
    if (expected == "ok" && !text.empty()) {
        written(line.chip);
    }
}

void Client::read_value() {
    const LineRef line = pick_exported();
    read(folder(line, chance_.coin()) + "/value", there(line) ? model_.value(line) : "ENOENT");
}

void Client::write_active_low() {
    const LineRef line = pick_exported();
    const std::string text = number_word();
    const std::string path = folder(line, true) + "/active_low";
    if (there(line)) {
        settle(line.chip);  // edges that are under way are told as the line is now
    }
    write(path, text,
          !there(line)   ? "ENOENT"
          : text.empty() ? "ok"
                         : model_.write_active_low(line, text));
}

void Client::read_active_low() {
    const LineRef line = pick_exported();
    const auto exported = model_.exported(line);
    read(folder(line, true) + "/active_low", !exported              ? "ENOENT"
                                             : exported->active_low ? "1\n"
                                                                    : "0\n");
}

void Client::write_edge() {
    const LineRef line = pick_input();
    const std::string text =
        word({"none", "rising", "falling", "both", "both", "both", "both"},
             {"", "\n", "BOTH", "bothx", "bot", " both", "both ", "both\n\n", "garbage"});
    const std::string path = folder(line, true) + "/edge";
    if (!there(line) || !model_.can_input(line)) {
        write(path, text, "ENOENT");
        return;
    }
    settle(line.chip);
    write(path, text, text.empty() ? "ok" : model_.write_edge(line, text));
}

void Client::read_edge() {
    const LineRef line = pick_exported();
    const auto exported = model_.exported(line);
    read(folder(line, true) + "/edge", exported && model_.can_input(line)
                                           ? fmt::format("{}\n", edge_word(exported->edge))
                                           : "ENOENT");
}

void Client::read_lines() {
    const unsigned chip = pick_chip();
    model_.chips()[chip].unsettled = false;
    read(legacy_chip_folder(chip) + "/lines", model_.lines_table(chip));
}

void Client::write_interval() {
    const unsigned chip = pick_chip();
    // As often streaming as not.
    const unsigned interval = chance_.coin() ? 0 : chance_.pick_of(intervals_us);
    const std::string text = chance_.one_in(20)
                                 ? word({"4294967296"}, {"-1", "abc", " 1", "1 ", "\n"})
                                 : fmt::format("{}\n", interval);
    write(legacy_chip_folder(chip) + "/sample_interval_us", text,
          model_.write_interval(chip, text));
}

void Client::read_interval() {
    const unsigned chip = pick_chip();
    read(legacy_chip_folder(chip) + "/sample_interval_us",
         model_.plugged() ? fmt::format("{}\n", model_.chips()[chip].interval_us) : "ENOENT");
}

void Client::burst() {
    constexpr unsigned most_writes = 600;
    const LineRef line = pick_output();
    if (!there(line) || !model_.is_output(line)) {
        return;
    }
    const std::string path = folder(line, chance_.coin()) + "/value";
    for (unsigned writes = chance_.pick(most_writes); writes > 0; --writes) {
        const char* const text = writes % 2 == 0 ? "0\n" : "1\n";
        model_.write_value(line, text);
        write(path, text, "ok");
        written(line.chip);
    }
}

}  // namespace gpiofs::test
