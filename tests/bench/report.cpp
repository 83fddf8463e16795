// SPDX-License-Identifier: MIT
#include "report.h"

#include <fmt/format.h>

#include <cmath>

namespace gpiofs::bench {
namespace {

std::string three_digits(double number) {
    if (number == std::floor(number) && std::abs(number) < 1000) {
        return fmt::format("{:.0f}", number);
    }
    const int magnitude = static_cast<int>(std::floor(std::log10(std::abs(number))));
    if (magnitude >= 2) {
        const double unit = std::pow(10, magnitude - 2);
        return fmt::format("{:.0f}", std::round(number / unit) * unit);
    }
    return fmt::format("{:.{}f}", number, 2 - magnitude);
}

std::string to_text(const Cell& cell) {
    const auto* const number = std::get_if<double>(&cell.value);
    return number != nullptr ? three_digits(*number) : std::get<std::string>(cell.value);
}

std::string quoted(const std::string& text) {
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            result += '\\';
        }
        result += c;
    }
    return result + '"';
}

std::string to_json(const Cell& cell) {
    const auto* const number = std::get_if<double>(&cell.value);
    return number != nullptr ? fmt::format("{}", *number)
                             : quoted(std::get<std::string>(cell.value));
}

std::string to_json(const Table& table) {
    std::string text = fmt::format("{{\"title\": {}, \"method\": {}, \"rows\": [",
                                   quoted(table.title), quoted(table.method));
    const char* before_row = "\n";
    for (const auto& row : table.rows) {
        text += fmt::format("{}  {{", std::exchange(before_row, ",\n"));
        const char* before_cell = "";
        for (std::size_t i = 0; i < row.size(); ++i) {
            text += fmt::format("{}{}: {}", std::exchange(before_cell, ", "),
                                quoted(table.columns[i]), to_json(row[i]));
        }
        text += '}';
    }
    return text + "\n]}";
}

}  // namespace

std::string to_markdown(const Report& report) {
    std::string text;
    for (const Table& table : report) {
        text += fmt::format("### {}\n\n{}\n\n|", table.title, table.method);
        for (const auto& column : table.columns) {
            text += fmt::format(" {} |", column);
        }
        text += "\n|";
        for (std::size_t i = 0; i < table.columns.size(); ++i) {
            text += i == 0 ? "---|" : "---:|";
        }
        text += '\n';
        for (const auto& row : table.rows) {
            text += '|';
            for (const Cell& cell : row) {
                text += fmt::format(" {} |", to_text(cell));
            }
            text += '\n';
        }
        text += '\n';
    }
    return text;
}

std::string to_json(const Report& report) {
    std::string text = "[";
    const char* before = "\n";
    for (const Table& table : report) {
        text += std::exchange(before, ",\n") + to_json(table);
    }
    return text + "\n]\n";
}

}  // namespace gpiofs::bench
