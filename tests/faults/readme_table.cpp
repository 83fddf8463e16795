// SPDX-License-Identifier: MIT
#include "faults/readme_table.h"

#include "faults/matrix.h"

#include <fmt/format.h>

#include <cerrno>
#include <stdexcept>
#include <string_view>

namespace gpiofs::test {
namespace {

constexpr std::string_view begin_marker = "<!-- fault matrix: written by tests_faults -->\n";
constexpr std::string_view end_marker = "<!-- end of the fault matrix -->\n";

std::string_view name_of(int error) {
    switch (error) {
        case 0:
            return "";
        case EIO:
            return "EIO";
        case ENODEV:
            return "ENODEV";
        case EPIPE:
            return "EPIPE";
        case ETIMEDOUT:
            return "ETIMEDOUT";
        default:
            throw std::runtime_error(fmt::format("errno {} has no name here", error));
    }
}

std::string as_text(const Outcome& outcome) {
    std::string text(name_of(outcome.error));
    for (const char rung : outcome.rungs) {
        text += text.empty() ? "" : " ";
        text += rung;
    }
    return text.empty() ? "fine" : text;
}

std::string as_text(const Row& row) {
    if (row.once == row.thrice && row.once == row.for_ever) {
        return as_text(row.once);
    }
    return fmt::format("{} / {} / {}", as_text(row.once), as_text(row.thrice),
                       as_text(row.for_ever));
}

}  // namespace

std::string as_markdown() {
    std::string head = "| fault |";
    std::string rule = "|---|";
    std::string body;
    for (const Row& row : matrix()) {
        if (row.fault == matrix().front().fault) {
            head += fmt::format(" {} |", name_of(row.operation));
            rule += "---|";
        }
        if (row.operation == matrix().front().operation) {
            body += fmt::format("{}| {} |", body.empty() ? "" : "\n", row.fault);
        }
        body += fmt::format(" {} |", as_text(row));
    }
    return fmt::format("{}\n{}\n{}\n", head, rule, body);
}

std::string with_matrix(const std::string& readme) {
    const auto begin = readme.find(begin_marker);
    const auto end = readme.find(end_marker);
    if (begin == std::string::npos || end == std::string::npos || end < begin) {
        throw std::runtime_error(fmt::format("there is no {}...\n{}", begin_marker, end_marker));
    }
    return fmt::format("{}\n{}\n{}", readme.substr(0, begin + begin_marker.size()), as_markdown(),
                       readme.substr(end));
}

}  // namespace gpiofs::test
