// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace gpiofs::bench {

/// A number, which may have nothing to say (a floor that does not exist), or a word.
struct Cell {
    Cell(double number) : value(number) {}                // NOLINT(google-explicit-constructor)
    Cell(std::string word) : value(std::move(word)) {}    // NOLINT(google-explicit-constructor)
    Cell(const char* word) : value(std::string(word)) {}  // NOLINT(google-explicit-constructor)

    std::variant<double, std::string> value;
};

/// One table of results. Rows have a cell for each column.
struct Table {
    std::string title;
    /// What was done, in a sentence or two.
    std::string method;
    std::vector<std::string> columns;
    std::vector<std::vector<Cell>> rows;
};

using Report = std::vector<Table>;

/// Numbers have three significant digits; whole ones have no decimals.
std::string to_markdown(const Report& report);
/// The tables as objects by column name, with the numbers as they were measured.
std::string to_json(const Report& report);

}  // namespace gpiofs::bench
