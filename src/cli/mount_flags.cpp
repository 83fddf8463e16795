// SPDX-License-Identifier: MIT
#include "cli/mount_flags.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace gpiofs::cli {
namespace {

using namespace std::string_view_literals;

constexpr std::array for_libfuse = {
    "rw"sv,   "dev"sv,   "nodev"sv,   "suid"sv,    "nosuid"sv,       "exec"sv,    "noexec"sv,
    "sync"sv, "async"sv, "dirsync"sv, "noatime"sv, "auto_unmount"sv, "fsname="sv, "subtype="sv,
};

/// Meant for mount(8), systemd or the reader of fstab(5), or about times that this tree has not.
constexpr std::array no_effect = {
    "defaults"sv, "auto"sv,       "noauto"sv,     "user"sv,        "user="sv,
    "nouser"sv,   "users"sv,      "owner"sv,      "group"sv,       "nofail"sv,
    "_netdev"sv,  "comment="sv,   "x-"sv,         "X-"sv,          "silent"sv,
    "loud"sv,     "relatime"sv,   "norelatime"sv, "strictatime"sv, "nostrictatime"sv,
    "diratime"sv, "nodiratime"sv, "lazytime"sv,   "nolazytime"sv,  ""sv,
};

/// A name that ends in '=' or '-' stands for everything that starts with it.
bool matches(std::string_view name, std::string_view piece) noexcept {
    const bool prefix = !name.empty() && (name.back() == '=' || name.back() == '-');
    return prefix ? piece.substr(0, name.size()) == name : piece == name;
}

template <std::size_t size>
bool holds(const std::array<std::string_view, size>& names, std::string_view piece) noexcept {
    return std::any_of(names.begin(), names.end(),
                       [=](std::string_view name) { return matches(name, piece); });
}

}  // namespace

bool apply_mount_flag(Options& options, std::string_view piece, std::string& error) {
    if (holds(for_libfuse, piece)) {
        options.mount_options.emplace_back(piece);
        return true;
    }
    if (holds(no_effect, piece)) {
        return true;
    }
    if (piece == "atime") {  // the default, which newer versions of libfuse have no word for
        std::erase(options.mount_options, "noatime");
        return true;
    }
    if (piece == "default_permissions") {
        options.default_permissions = true;
        return true;
    }
    if (piece == "ro") {
        error = "'ro' would leave nothing to use: lines appear by writing to export";
    } else if (piece == "allow_root") {
        error = "'allow_root' is not supported: use allow_other";
    } else {
        error = fmt::format("unknown mount option '{}': see --help", piece);
    }
    return false;
}

}  // namespace gpiofs::cli
