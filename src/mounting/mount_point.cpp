// SPDX-License-Identifier: MIT
#include "mounting/mount_point.h"

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "mounting/mount_table.h"

#include <fmt/format.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cerrno>
#include <climits>
#include <exception>
#include <filesystem>
#include <fstream>
#include <unistd.h>
#include <utility>

namespace gpiofs::mounting {
namespace {

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

/// Of a FUSE program that is none of ours.
bool is_on_dead_mount(const Folder& folder) {
    const auto mount = mount_of(folder.fd());
    return mount && mount->type.starts_with("fuse") &&
           Question(folder.fd()).answer(std::chrono::steady_clock::now() + patience) ==
               Answer::dead;
}

}  // namespace

MountQuestion::MountQuestion(const Folder& folder) {
    const auto mount = mount_of(folder.fd());
    if (mount && mount->type == mount_type && mount->place == folder.path()) {
        question_.emplace(folder.fd());
    }
}

MountState MountQuestion::answer(std::chrono::steady_clock::time_point deadline) noexcept {
    if (!question_) {
        return MountState::none;
    }
    switch (question_->answer(deadline)) {
        case Answer::given:
            return MountState::alive;
        case Answer::dead:
            return MountState::dead;
        case Answer::refused:
            return MountState::strangers;
        case Answer::none:
        case Answer::not_asked:
            break;
    }
    return MountState::silent;
}

MountState mount_state(const Folder& folder) {
    return MountQuestion(folder).answer(std::chrono::steady_clock::now() + patience);
}

bool detach(const Folder& folder) noexcept {
    try {
        return ::umount2(folder.by_descriptor().c_str(), MNT_DETACH) == 0;
    } catch (const std::exception&) {
        return false;
    }
}

void clear_dead_mount(const Folder& folder) {
    const std::string path = folder.path();
    if (::geteuid() != 0) {
        throw_errno(ENOTCONN, fmt::format("mount point {}: a program that was killed left it; "
                                          "run fusermount3 -u -z {}",
                                          path, path));
    }
    if (!detach(folder)) {
        throw_errno(errno, fmt::format("mount point {}: cannot clear a dead mount", path));
    }
    log::info(fmt::format("cleared a dead mount at {}", path));
}

std::optional<int> handed_over(std::string_view mount_point) noexcept {
    if (!mount_point.starts_with(descriptors)) {
        return std::nullopt;
    }
    const auto number = parse_decimal(mount_point.substr(descriptors.size()), INT_MAX);
    return number ? std::optional(static_cast<int>(*number)) : std::nullopt;
}

MountPoint::MountPoint(const std::string& path, bool nonempty) : path_(path) {
    if (handed_over(path)) {
        check_connection(path);
        return;
    }
    folder_ = Folder::open("mount point", path);
    prepare(nonempty);
}

MountPoint::MountPoint(Folder folder, bool nonempty) : folder_(std::move(folder)) {
    prepare(nonempty);
}

void MountPoint::prepare(bool nonempty) {
    path_ = folder_->path();
    switch (mount_state(*folder_)) {
        case MountState::dead:
            clear_dead_mount(*folder_);
            folder_ = Folder::open("mount point", path_);
            break;
        case MountState::alive:
            throw_errno(EBUSY, fmt::format("mount point {}: in use by another mpsse-gpiofs; "
                                           "unmount it with umount {}",
                                           path_, path_));
        case MountState::silent:
            throw_errno(EBUSY, fmt::format("mount point {}: in use by another mpsse-gpiofs, which "
                                           "does not answer; unmount it with umount -l {}",
                                           path_, path_));
        case MountState::strangers:
            throw_errno(EBUSY, fmt::format("mount point {}: mounted by another user, whose "
                                           "mpsse-gpiofs may live or not; unmount it with umount "
                                           "-l {}",
                                           path_, path_));
        case MountState::none:
            break;
    }
    if (is_on_dead_mount(*folder_)) {
        throw_errno(ENOTCONN, fmt::format("mount point {}: its program has ended; clear it with "
                                          "umount -l {}",
                                          path_, path_));
    }
    const std::string folder = folder_->by_descriptor();
    if (::geteuid() != 0 && ::access(folder.c_str(), W_OK) != 0) {
        throw_errno(errno, fmt::format("mount point {}: only who may write to the folder may "
                                       "mount on it",
                                       path_));
    }
    std::error_code unreadable;
    if (!nonempty && !std::filesystem::is_empty(folder, unreadable) && !unreadable) {
        throw_errno(ENOTEMPTY, fmt::format("mount point {}: its files would be hidden; use an "
                                           "empty folder, or -o nonempty",
                                           path_));
    }
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

}  // namespace gpiofs::mounting
