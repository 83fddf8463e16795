// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "gpio/on_exit.h"
#include "mpsse/chip_type.h"
#include "spec/board_spec.h"
#include "transport/board.h"

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace gpiofs::cli {

using gpio::OnExit;

/// The command line, as typed values. Defaults are those of mpsse-gpiofs(8).
struct Options {
    /// What the program is asked to do. For anything but `run` the rest may be incomplete.
    enum class Intent { run, list, clear, check, help, version };

    Intent intent = Intent::run;
    bool foreground = false;
    /// Debug messages; implies foreground.
    bool debug = false;
    bool single_threaded = false;

    /// In the order given; empty: choose by what is plugged in (see board_match.h).
    std::vector<spec::BoardSpec> boards;
    /// The positional BOARD as it was written, for the mount's source; empty if there was none.
    std::string source;
    std::string mount_point;
    /// Instead of a mount point: where to make a folder named after the board. Empty: not used.
    std::string mount_below;
    /// Instead of a mount point: /sys/class/gpio, made if the kernel has none.
    bool at_sysfs = false;
    /// With at_sysfs: the kernel's own lines may be hidden.
    bool hide_kernel = false;
    /// Intent::clear: below which folder; empty: what is at /sys/class/gpio.
    std::string clear_below;

    /// Intent::check: two pins of one interface that are wired to each other, and may be driven.
    struct Wire {
        mpsse::NamedPin from;
        mpsse::NamedPin to;
    };
    std::optional<Wire> wire;
    /// Intent::check: drive the pins without asking.
    bool yes = false;

    /// First global line number of the first board that names none itself.
    std::optional<std::uint32_t> base;
    /// Interval of boards that name none themselves.
    Duration sample_interval = std::chrono::milliseconds{1};
    Duration timeout = std::chrono::seconds{1};
    bool wait = false;
    bool exit_on_unplug = false;
    /// A board that somebody else has is his: that is no failure.
    bool leave_held = false;
    OnExit on_exit = OnExit::automatic;
    transport::Detach detach = transport::Detach::serial;
    /// Take a board whose tty a program has open.
    bool take_open_tty = false;
    /// Not from the command line: see daemon::note_tty_openers().
    std::vector<transport::TtyOpener> tty_openers;

    /// Owner of the tree; absent: who mounts it.
    std::optional<uid_t> uid;
    std::optional<gid_t> gid;
    mode_t umask = 022;
    bool allow_other = false;
    /// Whether it was asked for. It is always on, except where somebody else has mounted already
    /// and handed the connection over: then whoever wrote the mount options had to ask for it.
    bool default_permissions = false;
    /// Further options for libfuse, as it spells them: "nodev", "fsname=x".
    std::vector<std::string> mount_options;
    /// The mount may hide files that are in the mount point.
    bool nonempty = false;
};

/// A command line that makes no sense: one line that names the option and says what to do.
struct UsageError {
    std::string text;
};

/// Exit status of a UsageError.
constexpr int usage_status = 2;

/// Parses what follows the program's name. Looks users and groups up, and nothing else outside the
/// arguments. Thread-bound: call it before there is another thread.
std::variant<Options, UsageError> parse_options(std::span<const char* const> arguments);

/// The text of --help, printed from the table that parse_options works by.
std::string help_text();

}  // namespace gpiofs::cli
