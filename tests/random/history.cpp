// SPDX-License-Identifier: MIT
#include "random/history.h"

#include <fmt/format.h>

namespace gpiofs::test {

std::string in_quotes(std::string_view text) {
    std::string shown = "'";
    for (const char c : text) {
        if (c == '\n') {
            shown += "\\n";
        } else if (c >= ' ' && c <= '~') {
            shown += c;
        } else {
            shown += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        }
    }
    return shown + "'";
}

void History::note(const std::string& line) {
    lines_.push_back(fmt::format("{:7} {}", operations_, line));
    if (lines_.size() > kept) {
        lines_.pop_front();
    }
}

void History::check(const std::string& access, const std::string& expected,
                    const std::string& answer) {
    if (answer != expected) {
        differ(access, expected, answer);
    }
    constexpr std::size_t most_shown = 40;
    note(fmt::format("{}: {}", access,
                     answer.size() > most_shown ? "as expected" : in_quotes(answer)));
}

void History::differ(const std::string& access, const std::string& expected,
                     const std::string& answer) {
    std::string report = fmt::format("operation {}: {}\n  expected {}\n  answered {}\nbefore it:\n",
                                     operations_, access, in_quotes(expected), in_quotes(answer));
    for (const std::string& line : lines_) {
        report += line + '\n';
    }
    throw Difference(report);
}

}  // namespace gpiofs::test
