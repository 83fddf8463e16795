// SPDX-License-Identifier: MIT
#include "cli/options.h"

#include "cli/option_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace gpiofs::cli {
namespace {

const OptionRow* find_letter(std::string_view letter) noexcept {
    const auto rows = command_options();
    const auto found = std::find_if(rows.begin(), rows.end(),
                                    [=](const OptionRow& row) { return row.letter == letter; });
    return found == rows.end() ? nullptr : &*found;
}

const OptionRow* find_name(std::string_view name) noexcept {
    const auto rows = command_options();
    const auto found = std::find_if(rows.begin(), rows.end(), [=](const OptionRow& row) {
        return !row.name.empty() && row.name == name;
    });
    return found == rows.end() ? nullptr : &*found;
}

/// Walks the arguments once. Options and positionals may be mixed, as getopt_long(3) has it; "--"
/// ends the options.
class Parser {
  public:
    explicit Parser(std::span<const char* const> arguments) : arguments_(arguments) {}

    std::variant<Options, UsageError> parse() {
        bool only_positionals = false;
        while (next_ < arguments_.size()) {
            const std::string_view argument = arguments_[next_++];
            if (only_positionals || argument.size() < 2 || argument[0] != '-') {
                positionals_.push_back(argument);
            } else if (argument == "--") {
                only_positionals = true;
            } else if (!take_option(argument)) {
                return UsageError{std::move(error_)};
            } else if (is_answer()) {
                return std::move(options_);
            }
        }
        if (!take_positionals()) {
            return UsageError{std::move(error_)};
        }
        return std::move(options_);
    }

  private:
    bool is_answer() const noexcept {
        return options_.intent == Options::Intent::help ||
               options_.intent == Options::Intent::version;
    }

    bool take_option(std::string_view argument) {
        return argument[1] == '-' ? take_word(argument) : take_letters(argument);
    }

    /// "--name", "--name=VALUE" or "--name VALUE".
    bool take_word(std::string_view argument) {
        const auto equals = argument.find('=');
        const auto shown = argument.substr(0, equals);
        const OptionRow* row = find_name(shown.substr(2));
        if (row == nullptr) {
            return fail(fmt::format("unknown option '{}': see --help", shown));
        }
        std::optional<std::string_view> attached;
        if (equals != std::string_view::npos) {
            attached = argument.substr(equals + 1);
        }
        if (attached && row->value.empty()) {
            return fail(fmt::format("{} takes no value", shown));
        }
        return apply(*row, shown, attached);
    }

    /// "-f", "-fs", "-oVALUE", "-o VALUE".
    bool take_letters(std::string_view argument) {
        for (std::size_t at = 1; at < argument.size(); ++at) {
            const std::string shown = fmt::format("-{}", argument[at]);
            const OptionRow* row = find_letter(argument.substr(at, 1));
            if (row == nullptr) {
                return fail(fmt::format("unknown option '{}': see --help", shown));
            }
            if (!row->value.empty()) {
                const auto rest = argument.substr(at + 1);
                return apply(*row, shown,
                             rest.empty() ? std::nullopt : std::optional<std::string_view>{rest});
            }
            if (!apply(*row, shown, std::nullopt)) {
                return false;
            }
        }
        return true;
    }

    bool apply(const OptionRow& row, std::string_view shown,
               std::optional<std::string_view> attached) {
        std::string_view value = attached.value_or("");
        if (!row.value.empty() && !attached) {
            if (next_ == arguments_.size()) {
                return fail(fmt::format("{0} needs a value: {0} {1}", shown, row.value));
            }
            value = arguments_[next_++];
        }
        if (!row.apply(options_, value, error_)) {
            return fail(fmt::format("{}: {}", shown, error_));
        }
        return true;
    }

    bool take_positionals() {
        if (options_.intent == Options::Intent::list) {
            return positionals_.empty() ||
                   fail(fmt::format("--list takes no argument: leave '{}' out",
                                    positionals_.front()));
        }
        if (options_.intent == Options::Intent::clear) {
            return positionals_.empty() ||
                   fail(fmt::format("to clear needs no other argument: leave '{}' out",
                                    positionals_.front()));
        }
        if (options_.intent == Options::Intent::check) {
            return take_check();
        }
        if (options_.wire) {
            return fail("--wire goes with --check");
        }
        if (options_.yes) {
            return fail("--yes goes with --check and --wire");
        }
        if (options_.hide_kernel && !options_.at_sysfs) {
            return fail("--hide-kernel goes with --at-sysfs");
        }
        if (options_.at_sysfs && !options_.mount_below.empty()) {
            return fail("--at-sysfs and --mount-below are two places: leave one out");
        }
        if (options_.at_sysfs) {
            return take_only_board("--at-sysfs");
        }
        return options_.mount_below.empty() ? take_mount_point() : take_mount_below();
    }

    bool take_mount_point() {
        if (positionals_.empty()) {
            return fail("MOUNTPOINT is missing: see --help");
        }
        if (positionals_.size() > 2) {
            return fail(fmt::format("'{}' is one argument too many: give [BOARD] MOUNTPOINT",
                                    positionals_[2]));
        }
        if (positionals_.back().empty()) {
            return fail("MOUNTPOINT is empty: give a directory");
        }
        options_.mount_point = positionals_.back();
        positionals_.pop_back();
        return take_board();
    }

    bool take_mount_below() {
        if (options_.wait) {
            return fail("--mount-below names the folder after the board: leave out -o wait");
        }
        return take_only_board("--mount-below");
    }

    bool take_only_board(std::string_view option) {
        if (positionals_.size() > 1) {
            return fail(
                fmt::format("'{}' is one argument too many: {} takes the place of "
                            "MOUNTPOINT",
                            positionals_[1], option));
        }
        return take_board() ||
               fail(may_be_a_place(options_.source)
                        ? fmt::format("'{}' is no BOARD: leave it out, {} takes the place of "
                                      "MOUNTPOINT",
                                      options_.source, option)
                        : std::move(error_));
    }

    bool take_check() {
        if (options_.at_sysfs || !options_.mount_below.empty()) {
            return fail("--check mounts nothing: leave --at-sysfs and --mount-below out");
        }
        if (options_.wait) {
            return fail("--check waits for no board: leave out -o wait");
        }
        if (options_.yes && !options_.wire) {
            return fail("--yes goes with --check and --wire");
        }
        if (positionals_.size() > 1) {
            return fail(fmt::format("'{}' is one argument too many: --check takes no MOUNTPOINT",
                                    positionals_[1]));
        }
        return take_board() ||
               fail(may_be_a_place(options_.source)
                        ? fmt::format("'{}' is no BOARD: leave it out, --check takes no MOUNTPOINT",
                                      options_.source)
                        : std::move(error_));
    }

    /// Whether a text that is no BOARD may be meant as a mount point.
    static bool may_be_a_place(std::string_view text) {
        return text.starts_with('/') || text.starts_with('.') ||
               text.find(':') == std::string_view::npos;
    }

    bool take_board() {
        if (positionals_.empty()) {
            return true;
        }
        options_.source = positionals_.front();
        auto board = spec::parse_board(options_.source, error_);
        if (!board) {
            return fail(fmt::format("BOARD: {}", error_));
        }
        options_.boards.insert(options_.boards.begin(), std::move(*board));
        return true;
    }

    bool fail(std::string text) {
        error_ = std::move(text);
        return false;
    }

    std::span<const char* const> arguments_;
    std::size_t next_ = 0;
    std::vector<std::string_view> positionals_;
    Options options_;
    std::string error_;
};

}  // namespace

std::variant<Options, UsageError> parse_options(std::span<const char* const> arguments) {
    return Parser(arguments).parse();
}

}  // namespace gpiofs::cli
