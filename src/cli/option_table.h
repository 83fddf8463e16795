// SPDX-License-Identifier: MIT
#pragma once

#include "cli/options.h"

#include <span>
#include <string>
#include <string_view>

/// The options, once: parsing and --help both work from these rows.
namespace gpiofs::cli {

/// One option of the command line ("-f", "--list") or one key of -o ("base=N").
struct OptionRow {
    /// The letter after one dash; empty if there is none, as for every key of -o.
    std::string_view letter;
    /// The word after two dashes, or the key; empty if there is only a letter.
    std::string_view name;
    /// What stands for the value in --help; empty for an option that takes none.
    std::string_view value;
    std::string_view help;
    /// Puts the value into the options. On failure returns false and a line for the user.
    bool (*apply)(Options& options, std::string_view value, std::string& error);
};

std::span<const OptionRow> command_options() noexcept;
std::span<const OptionRow> mount_options() noexcept;

}  // namespace gpiofs::cli
