// SPDX-License-Identifier: MIT
#include "mounting/sysfs_place.h"

#include "base/error.h"
#include "base/log.h"
#include "mounting/mount_point.h"
#include "mounting/mount_table.h"
#include "mounting/place_lock.h"
#include "mounting/scratch_folder.h"

#include <fmt/format.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <cerrno>
#include <exception>
#include <filesystem>
#include <string>
#include <unistd.h>

namespace gpiofs::mounting {
namespace {

constexpr const char* class_folder = "/sys/class";
/// The overlay's source in mountinfo: how it is known to be ours.
constexpr const char* overlay_source = "mpsse-gpiofs";

bool is_overlay(const Folder& folder) {
    const auto mount = mount_of(folder.fd());
    return mount && mount->type == "overlay" && mount->source == overlay_source &&
           mount->place == class_folder;
}

void remove_overlay() {
    const Folder folder = Folder::open("folder", class_folder);
    if (is_overlay(folder) && !detach(folder)) {
        throw_errno(errno, fmt::format("cannot take the overlay off {}", class_folder));
    }
}

void mount_or_throw(const char* type, const std::string& source, const std::string& place,
                    unsigned long flags, const std::string& options) {
    if (::mount(source.c_str(), place.c_str(), type, flags, options.c_str()) != 0) {
        throw_errno(errno, fmt::format("cannot mount {} at {}: run as root, or in a user namespace "
                                       "(unshare -Urm)",
                                       type, place));
    }
}

/// An overlay remembers for good that there was no such file, and devices come and go: so the
/// folders of the classes themselves are the kernel's. `folder` is what the overlay lies on.
void bind_classes(const Folder& folder) {
    for (const auto& entry : std::filesystem::directory_iterator(folder.by_descriptor())) {
        if (entry.symlink_status().type() == std::filesystem::file_type::directory) {
            const std::string name = entry.path().filename().string();
            mount_or_throw("bind", entry.path().string(), fmt::format("{}/{}", class_folder, name),
                           MS_BIND, "");
        }
    }
}

/// The overlay keeps what it is made of when that has left the tree, so nothing else stays behind.
void add_overlay() {
    const Folder folder = Folder::open("folder", class_folder);
    const ScratchFolder scratch;
    mount_or_throw("tmpfs", overlay_source, scratch.path(), 0, "size=4k,mode=755");
    if (::mkdir((scratch.path() + "/gpio").c_str(), 0755) != 0) {
        throw_errno(errno, fmt::format("folder {}/gpio", scratch.path()));
    }
    mount_or_throw("overlay", overlay_source, class_folder, MS_RDONLY,
                   fmt::format("lowerdir={}:{}", scratch.path(), class_folder));
    try {
        bind_classes(folder);
    } catch (...) {
        remove_overlay();
        throw;
    }
}

bool is_there() noexcept { return ::access(sysfs_place, F_OK) == 0 || errno == ENOTCONN; }

MountState state_of_place() {
    return is_there() ? mount_state(Folder::open("mount point", sysfs_place)) : MountState::none;
}

/// By who has the lock; what it returns is there still: one that this mount namespace has got from
/// another, with its program there.
MountState clear_remains() {
    const MountState state = state_of_place();
    if (state != MountState::none && state != MountState::dead) {
        return state;
    }
    if (state == MountState::dead) {
        clear_dead_mount(Folder::open("mount point", sysfs_place));
    }
    remove_overlay();
    ScratchFolder::clear_remains();
    return MountState::none;
}

}  // namespace

SysfsPlace::SysfsPlace(bool hide_kernel) : lock_(lock_place()) {
    const MountState state = lock_ ? clear_remains() : state_of_place();
    if (!lock_ || state != MountState::none) {
        const char* advice =
            state == MountState::silent ? ", which does not answer; unmount it with umount -l" : "";
        throw_errno(EBUSY, fmt::format("mount point {}: in use by another mpsse-gpiofs{}",
                                       sysfs_place, advice));
    }
    if (!is_there()) {
        add_overlay();
        overlaid_ = true;
    } else if (!hide_kernel) {
        throw_errno(EEXIST,
                    fmt::format("the kernel has GPIO lines at {}: --hide-kernel hides them, "
                                "or mount somewhere else",
                                sysfs_place));
    }
}

void SysfsPlace::remove() noexcept {
    try {
        if (overlaid_) {
            remove_overlay();
        }
    } catch (const std::exception& error) {
        log::warning(error.what());
    }
    overlaid_ = false;
    lock_.reset();
}

void clear_sysfs_place() {
    if (const UniqueFd lock = lock_place()) {
        clear_remains();
    }
}

}  // namespace gpiofs::mounting
