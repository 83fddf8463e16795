// SPDX-License-Identifier: MIT
#include "usb/tty.h"

#include "base/text.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <system_error>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <limits>
#include <unistd.h>

namespace gpiofs::usb {
namespace {

namespace fs = std::filesystem;
using transport::TtyOpener;

struct Tty {
    std::string name;
    dev_t device = 0;
    ino_t inode = 0;  ///< of its folder in sysfs: another one for each time it is plugged in
};

/// The first line of a file; empty if it cannot be read.
std::string first_line(const fs::path& path) {
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line;
}

std::vector<fs::path> entries(const fs::path& folder, std::error_code& error) {
    std::vector<fs::path> found;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
        found.push_back(at->path());
    }
    return found;
}

std::vector<fs::path> entries(const fs::path& folder) {
    std::error_code ignored;
    return entries(folder, ignored);
}

/// The tty with this folder in sysfs; nothing if it is none.
std::optional<Tty> tty_at(const fs::path& folder) {
    const std::string numbers = first_line(folder / "dev");
    const auto parts = split(numbers, ':');
    constexpr auto most = std::numeric_limits<unsigned>::max();
    const auto major_number = parse_decimal(parts.front(), most);
    const auto minor_number = parse_decimal(parts.back(), most);
    struct stat status {};
    if (parts.size() != 2 || !major_number || !minor_number ||
        ::stat(folder.c_str(), &status) != 0) {
        return std::nullopt;
    }
    return Tty{folder.filename(),
               makedev(static_cast<unsigned>(*major_number), static_cast<unsigned>(*minor_number)),
               status.st_ino};
}

void add_tty(std::vector<Tty>& ttys, const fs::path& folder) {
    if (const auto tty = tty_at(folder)) {
        ttys.push_back(*tty);
    }
}

/// `error` is EACCES if not all descriptors may be looked at: a process with CAP_DAC_READ_SEARCH
/// and without CAP_SYS_PTRACE sees their numbers, and not what they are (proc(5)).
bool has_open(const fs::path& process, const Tty& tty, std::error_code& error) {
    for (const fs::path& file : entries(process / "fd", error)) {
        struct stat status {};
        if (::stat(file.c_str(), &status) == 0) {
            if (S_ISCHR(status.st_mode) && status.st_rdev == tty.device) {
                return true;
            }
        } else if (errno == EACCES) {
            error = std::make_error_code(std::errc::permission_denied);
        }
    }
    return false;
}

std::vector<TtyOpener> openers_of(const std::vector<Tty>& ttys, const KernelFolders& kernel) {
    std::vector<TtyOpener> openers;
    if (ttys.empty()) {
        return openers;
    }
    for (const fs::path& process : entries(kernel.proc)) {
        const auto pid =
            parse_decimal(process.filename().string(), std::numeric_limits<pid_t>::max());
        if (!pid || static_cast<pid_t>(*pid) == ::getpid()) {
            continue;
        }
        for (const Tty& tty : ttys) {
            std::error_code ignored;
            if (has_open(process, tty, ignored)) {
                openers.push_back({tty.name, tty.inode, static_cast<pid_t>(*pid),
                                   escape_control(first_line(process / "comm"))});
            }
        }
    }
    return openers;
}

/// Whether a program that had the tty open may still have it.
bool may_have_open(const TtyOpener& opener, const Tty& tty, const KernelFolders& kernel) {
    std::error_code error;
    const bool open = has_open(fs::path(kernel.proc) / std::to_string(opener.pid), tty, error);
    return open || error == std::errc::permission_denied;
}

}  // namespace

std::vector<TtyOpener> tty_openers(const KernelFolders& kernel) {
    std::vector<Tty> ttys;
    for (const fs::path& port : entries(fs::path(kernel.sys) / "bus/usb-serial/devices")) {
        add_tty(ttys, port / "tty" / port.filename());
    }
    return openers_of(ttys, kernel);
}

std::optional<TtyOpener> tty_opener(const std::string& interface,
                                    std::span<const TtyOpener> seen_before,
                                    const KernelFolders& kernel) {
    std::vector<Tty> ttys;
    for (const fs::path& port : entries(interface)) {
        if (port.filename().string().starts_with("tty")) {
            add_tty(ttys, port / "tty" / port.filename());
        }
    }
    const auto openers = openers_of(ttys, kernel);
    if (!openers.empty()) {
        return openers.front();
    }
    for (const TtyOpener& opener : seen_before) {
        for (const Tty& tty : ttys) {
            if (opener.tty == tty.name && opener.tty_inode == tty.inode &&
                may_have_open(opener, tty, kernel)) {
                return opener;
            }
        }
    }
    return std::nullopt;
}

}  // namespace gpiofs::usb
