// SPDX-License-Identifier: MIT
#include "cli/option_table.h"

#include "base/text.h"
#include "cli/mount_flags.h"
#include "mpsse/chip_type.h"
#include "spec/values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <grp.h>
#include <limits>
#include <pwd.h>

namespace gpiofs::cli {
namespace {

/// The row that sets a flag of Options.
template <bool Options::*flag>
bool set(Options& options, std::string_view, std::string&) {
    options.*flag = true;
    return true;
}

template <Options::Intent intent>
bool ask_for(Options& options, std::string_view, std::string&) {
    options.intent = intent;
    return true;
}

bool set_debug(Options& options, std::string_view, std::string&) {
    options.debug = true;
    options.foreground = true;
    return true;
}

bool add_board(Options& options, std::string_view value, std::string& error) {
    auto board = spec::parse_board(value, error);
    if (board) {
        options.boards.push_back(std::move(*board));
    }
    return board.has_value();
}

bool add_virtual_board(Options& options, std::string_view value, std::string& error) {
    return add_board(options, fmt::format("sim:{}", value), error);
}

bool set_base(Options& options, std::string_view value, std::string& error) {
    options.base = spec::parse_base(value, error);
    return options.base.has_value();
}

bool set_sample_interval(Options& options, std::string_view value, std::string& error) {
    const auto interval = spec::parse_sample_interval(value, error);
    options.sample_interval = std::chrono::microseconds{interval.value_or(0)};
    return interval.has_value();
}

bool set_timeout(Options& options, std::string_view value, std::string& error) {
    constexpr std::uint32_t max = 60'000;  // nothing can interrupt an access
    const auto timeout = parse_decimal(value, max);
    if (!timeout || *timeout == 0) {
        error = fmt::format("'{}' is not a number from 1 to {}", value, max);
        return false;
    }
    options.timeout = std::chrono::milliseconds{*timeout};
    return true;
}

bool set_on_exit(Options& options, std::string_view value, std::string& error) {
    if (value == "keep") {
        options.on_exit = OnExit::keep;
    } else if (value == "reset") {
        options.on_exit = OnExit::reset;
    } else {
        error = fmt::format("'{}' is not keep or reset", value);
        return false;
    }
    return true;
}

bool set_detach(Options& options, std::string_view value, std::string& error) {
    options.take_open_tty = value == "open";
    if (value == "sio" || value == "open") {
        options.detach = transport::Detach::serial;
    } else if (value == "any") {
        options.detach = transport::Detach::any;
    } else if (value == "none") {
        options.detach = transport::Detach::none;
    } else {
        error = fmt::format("'{}' is not sio, any, open or none", value);
        return false;
    }
    return true;
}

/// The last number is what chown() takes for "leave it".
constexpr std::uint64_t max_id = std::numeric_limits<std::uint32_t>::max() - 1U;

bool set_uid(Options& options, std::string_view value, std::string& error) {
    if (const auto number = parse_decimal(value, max_id)) {
        options.uid = static_cast<uid_t>(*number);
        return true;
    }
    const passwd* user = getpwnam(std::string(value).c_str());
    if (user == nullptr) {
        error = fmt::format("there is no user '{}'", value);
        return false;
    }
    options.uid = user->pw_uid;
    return true;
}

bool set_gid(Options& options, std::string_view value, std::string& error) {
    if (const auto number = parse_decimal(value, max_id)) {
        options.gid = static_cast<gid_t>(*number);
        return true;
    }
    const group* found = getgrnam(std::string(value).c_str());
    if (found == nullptr) {
        error = fmt::format("there is no group '{}'", value);
        return false;
    }
    options.gid = found->gr_gid;
    return true;
}

bool set_umask(Options& options, std::string_view value, std::string& error) {
    unsigned bits = 0;
    const char* end = value.data() + value.size();
    const auto [stop, failure] = std::from_chars(value.data(), end, bits, 8);
    if (failure != std::errc{} || stop != end || bits > 0777) {
        error = fmt::format("'{}' is not an octal number from 0 to 777", value);
        return false;
    }
    options.umask = bits;
    return true;
}

/// Splits the value of -o and applies each piece, ours first, then what every mount knows.
bool apply_mount_options(Options& options, std::string_view value, std::string& error) {
    const auto pieces = split(value, ',');
    // Newer versions of mount(8) put all that the kernel shows of the mount before it.
    if (std::find(pieces.begin(), pieces.end(), "remount") != pieces.end()) {
        error = "'remount' is not possible: unmount, and mount anew";
        return false;
    }
    for (const auto piece : pieces) {
        const auto equals = piece.find('=');
        const auto key = piece.substr(0, equals);
        const OptionRow* row = nullptr;
        for (const auto& candidate : mount_options()) {
            row = candidate.name == key ? &candidate : row;
        }
        if (row == nullptr) {
            if (!apply_mount_flag(options, piece, error)) {
                return false;
            }
            continue;
        }
        const bool has_value = equals != std::string_view::npos;
        if (has_value != !row->value.empty()) {
            error = has_value ? fmt::format("'{}' takes no value", key)
                              : fmt::format("'{0}' needs a value: {0}={1}", key, row->value);
            return false;
        }
        if (!row->apply(options, has_value ? piece.substr(equals + 1) : "", error)) {
            error = fmt::format("{}: {}", key, error);
            return false;
        }
    }
    return true;
}

bool set_mount_below(Options& options, std::string_view value, std::string& error) {
    options.mount_below = value;
    error = "the folder's name is empty";
    return !value.empty();
}

bool set_clear_below(Options& options, std::string_view value, std::string& error) {
    options.intent = Options::Intent::clear;
    options.clear_below = value;
    error = "the folder's name is empty";
    return !value.empty();
}

bool set_wire(Options& options, std::string_view value, std::string& error) {
    const auto names = split(value, ',');
    if (names.size() != 2) {
        error = fmt::format("'{}' is not two pins: give PIN,PIN", value);
        return false;
    }
    for (const auto name : names) {
        if (!mpsse::find_pin(name)) {
            error = fmt::format("'{}' is no pin: one of ADBUS0 to BCBUS7", name);
            return false;
        }
    }
    const Options::Wire wire{*mpsse::find_pin(names[0]), *mpsse::find_pin(names[1])};
    if (wire.from == wire.to || wire.from.interface_number != wire.to.interface_number) {
        error = fmt::format("'{}' is not two pins of one interface", value);
        return false;
    }
    options.wire = wire;
    return true;
}

constexpr std::array command_rows = {
    OptionRow{"f", "", "", "stay in the foreground", set<&Options::foreground>},
    OptionRow{"d", "", "", "debug messages on stderr; implies -f", set_debug},
    OptionRow{"s", "", "", "serve one request at a time", set<&Options::single_threaded>},
    OptionRow{"o", "", "OPTION[,OPTION...]", "mount options, see below", apply_mount_options},
    OptionRow{"", "board", "BOARD", "a board to mount; may be repeated", add_board},
    OptionRow{"", "simulate", "CHIP[,KEY=VALUE...]", "short for --board sim:CHIP",
              add_virtual_board},
    OptionRow{"", "mount-below", "DIR", "mount at DIR/<serial or path>, without MOUNTPOINT",
              set_mount_below},
    OptionRow{"", "clear-below", "DIR", "clear what killed programs left below DIR, and exit",
              set_clear_below},
    OptionRow{"", "at-sysfs", "", "mount at /sys/class/gpio, without MOUNTPOINT",
              set<&Options::at_sysfs>},
    OptionRow{"", "hide-kernel", "", "with --at-sysfs: hide the kernel's own lines",
              set<&Options::hide_kernel>},
    OptionRow{"", "clear-sysfs", "", "clear what a killed program left there, and exit",
              ask_for<Options::Intent::clear>},
    OptionRow{"", "list", "", "show the boards that are plugged in, and exit",
              ask_for<Options::Intent::list>},
    OptionRow{"", "check", "", "check a board, print a report to send in, and exit",
              ask_for<Options::Intent::check>},
    OptionRow{"", "wire", "PIN,PIN", "with --check: drive these two, which are wired", set_wire},
    OptionRow{"", "yes", "", "with --wire: do not ask before driving", set<&Options::yes>},
    OptionRow{"h", "help", "", "show this text, and exit", ask_for<Options::Intent::help>},
    OptionRow{"V", "version", "", "show the version, and exit", ask_for<Options::Intent::version>},
};

constexpr std::array mount_rows = {
    OptionRow{"", "base", "N", "first global line number (default: first free from 512)", set_base},
    OptionRow{"", "sample_interval_us", "N", "how often armed lines are sampled (default 1000)",
              set_sample_interval},
    OptionRow{"", "timeout_ms", "N", "deadline of one access (default 1000)", set_timeout},
    OptionRow{"", "wait", "", "start without a board and wait for it", set<&Options::wait>},
    OptionRow{"", "exit_on_unplug", "", "unmount and end when the last board has gone",
              set<&Options::exit_on_unplug>},
    OptionRow{"", "leave_held", "", "leave a board that somebody else holds, and end with 0",
              set<&Options::leave_held>},
    OptionRow{"", "on_exit", "keep|reset", "pins at the end (default: see the manual)",
              set_on_exit},
    OptionRow{"", "detach", "sio|any|open|none",
              "kernel driver that may be detached (default sio: ftdi_sio)", set_detach},
    OptionRow{"", "uid", "USER", "owner of the tree (default: who mounts it)", set_uid},
    OptionRow{"", "gid", "GROUP", "group of the tree (default: of who mounts it)", set_gid},
    OptionRow{"", "umask", "OCTAL", "mode bits to take away (default 022)", set_umask},
    OptionRow{"", "allow_other", "", "let other users in (default when root mounts)",
              set<&Options::allow_other>},
    OptionRow{"", "nonempty", "", "mount over a folder that has files in it",
              set<&Options::nonempty>},
};

}  // namespace

std::span<const OptionRow> command_options() noexcept { return command_rows; }

std::span<const OptionRow> mount_options() noexcept { return mount_rows; }

}  // namespace gpiofs::cli
