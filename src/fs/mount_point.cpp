#include "fs/mount_point.h"

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "fs/fuse_api.h"

#include <fmt/format.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string_view>
#include <unistd.h>

namespace gpiofs::fs {
namespace {

// NOLINTNEXTLINE(misc-no-recursion): each call drops a name from the path
std::string absolute(const std::string& path) {
    const std::unique_ptr<char, decltype(&std::free)> resolved(::realpath(path.c_str(), nullptr),
                                                               &std::free);
    if (resolved) {
        return resolved.get();
    }
    if (errno != ENOTCONN) {
        const int error = errno;
        const char* advice = error == ENOENT ? "; create the folder first" : "";
        throw_errno(error, fmt::format("mount point {}{}", path, advice));
    }
    // A dead mount cannot be resolved itself, its parent can.
    std::string_view rest = path;
    while (rest.size() > 1 && rest.back() == '/') {
        rest.remove_suffix(1);
    }
    const auto slash = rest.rfind('/');
    const std::string parent =
        slash == std::string_view::npos ? "." : std::string(rest.substr(0, slash + 1));
    const auto name = slash == std::string_view::npos ? rest : rest.substr(slash + 1);
    const std::string folder = absolute(parent);
    return fmt::format("{}{}{}", folder, folder == "/" ? "" : "/", name);
}

/// mountinfo writes space, tab, newline and backslash as three octal digits.
std::string unescape(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 3 < text.size()) {
            result += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 +
                                        (text[i + 3] - '0'));
            i += 3;
        } else {
            result += text[i];
        }
    }
    return result;
}

constexpr std::string_view descriptors = "/dev/fd/";
/// As <linux/fuse.h> has no name for it: Documentation/admin-guide/devices.txt.
constexpr unsigned fuse_major = 10;
constexpr unsigned fuse_minor = 229;

void check_connection(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) {
        throw_errno(errno, fmt::format("mount point {}", path));
    }
    if (!S_ISCHR(status.st_mode) || status.st_rdev != ::makedev(fuse_major, fuse_minor)) {
        throw_errno(ENODEV, fmt::format("mount point {}: not an open /dev/fuse", path));
    }
}

/// A line of fuse.conf as fusermount3 reads it.
std::string_view words_before_comment(std::string_view line) noexcept {
    constexpr std::string_view blanks = " \t";
    line = line.substr(0, line.find('#'));
    const auto first = line.find_first_not_of(blanks);
    return first == std::string_view::npos
               ? std::string_view{}
               : line.substr(first, line.find_last_not_of(blanks) - first + 1);
}

bool user_allow_other() {
    std::ifstream configuration("/etc/fuse.conf");
    for (std::string line; std::getline(configuration, line);) {
        if (words_before_comment(line) == "user_allow_other") {
            return true;
        }
    }
    return false;
}

}  // namespace

MountedOn top_mount(const std::string& path) {
    std::ifstream mountinfo("/proc/self/mountinfo");
    MountedOn top;
    for (std::string line; std::getline(mountinfo, line);) {
        const auto words = split(line, ' ');
        if (words.size() < 5 || unescape(words[4]) != path) {
            continue;
        }
        for (std::size_t i = 5; i + 2 < words.size(); ++i) {
            if (words[i] == "-") {
                top = {std::string(words[i + 1]), unescape(words[i + 2])};
                break;
            }
        }
    }
    return top;
}

MountState mount_state(const std::string& path) {
    if (top_mount(path).type != mount_type) {
        return MountState::none;
    }
    struct stat status {};
    const bool dead = ::stat(path.c_str(), &status) != 0 && errno == ENOTCONN;
    return dead ? MountState::dead : MountState::alive;
}

void clear_dead_mount(const std::string& path) {
    if (::geteuid() != 0) {
        throw_errno(ENOTCONN, fmt::format("mount point {}: a program that was killed left it; "
                                          "run fusermount3 -u -z {}",
                                          path, path));
    }
    if (::umount2(path.c_str(), MNT_DETACH) != 0) {
        throw_errno(errno, fmt::format("mount point {}: cannot clear a dead mount", path));
    }
    log::info(fmt::format("cleared a dead mount at {}", path));
}

bool is_handed_over(std::string_view mount_point) noexcept {
    return mount_point.substr(0, descriptors.size()) == descriptors &&
           parse_decimal(mount_point.substr(descriptors.size()), INT_MAX).has_value();
}

std::string prepare_mount_point(const std::string& path, bool nonempty) {
    if (is_handed_over(path)) {
        check_connection(path);
        return path;
    }
    std::string place = absolute(path);
    switch (mount_state(place)) {
        case MountState::dead:
            clear_dead_mount(place);
            break;
        case MountState::alive:
            throw_errno(EBUSY, fmt::format("mount point {}: in use by another mpsse-gpiofs; "
                                           "unmount it with umount {}",
                                           place, place));
        case MountState::none:
            break;
    }
    struct stat status {};
    if (::stat(place.c_str(), &status) != 0) {
        throw_errno(errno, fmt::format("mount point {}", place));
    }
    if (!S_ISDIR(status.st_mode)) {
        throw_errno(ENOTDIR, fmt::format("mount point {}: not a folder", place));
    }
    if (::geteuid() != 0 && ::access(place.c_str(), W_OK) != 0) {
        throw_errno(errno, fmt::format("mount point {}: only who may write to the folder may "
                                       "mount on it",
                                       place));
    }
    std::error_code unreadable;
    if (!nonempty && !std::filesystem::is_empty(place, unreadable) && !unreadable) {
        throw_errno(ENOTEMPTY, fmt::format("mount point {}: its files would be hidden; use an "
                                           "empty folder, or -o nonempty",
                                           place));
    }
    return place;
}

void check_fuse(bool allow_other) {
    if (::access("/dev/fuse", F_OK) != 0) {
        throw_errno(errno,
                    "/dev/fuse: load the fuse module (modprobe fuse) or give the container "
                    "the device");
    }
    if (allow_other && ::geteuid() != 0 && !user_allow_other()) {
        throw_errno(EPERM,
                    "allow_other: only root may, unless /etc/fuse.conf has the line "
                    "user_allow_other");
    }
}

}  // namespace gpiofs::fs
