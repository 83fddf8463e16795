#include "fs/sysfs_place.h"

#include "base/error.h"
#include "base/log.h"
#include "fs/mount_point.h"
#include "fs/place_lock.h"

#include <fmt/format.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <exception>
#include <fcntl.h>
#include <filesystem>
#include <string>
#include <unistd.h>

namespace gpiofs::fs {
namespace {

constexpr const char* class_folder = "/sys/class";
/// The overlay's source in mountinfo: how it is known to be ours.
constexpr const char* overlay_source = "mpsse-gpiofs";

bool has_overlay() {
    const auto top = top_mount(class_folder);
    return top.type == "overlay" && top.source == overlay_source;
}

void remove_overlay() {
    if (::umount2(class_folder, MNT_DETACH) != 0) {
        throw_errno(errno, fmt::format("cannot take the overlay off {}", class_folder));
    }
}

/// A folder of its own that is gone at the end, with what is mounted on it.
class Scratch {
  public:
    Scratch() {
        for (const char* parent : {"/run", "/tmp"}) {
            path_ = fmt::format("{}/mpsse-gpiofs.XXXXXX", parent);
            if (::mkdtemp(path_.data()) != nullptr) {
                break;
            }
            path_.clear();
        }
        if (path_.empty()) {
            throw_errno(errno, "no folder can be made in /run or /tmp");
        }
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    ~Scratch() {
        ::umount2(path_.c_str(), MNT_DETACH);
        ::rmdir(path_.c_str());
    }
    const std::string& path() const noexcept { return path_; }

  private:
    std::string path_;
};

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
void bind_classes(const UniqueFd& folder) {
    const std::filesystem::path below = fmt::format("/proc/self/fd/{}", folder.get());
    for (const auto& entry : std::filesystem::directory_iterator(below)) {
        if (entry.symlink_status().type() == std::filesystem::file_type::directory) {
            const std::string name = entry.path().filename().string();
            mount_or_throw("bind", entry.path().string(), fmt::format("{}/{}", class_folder, name),
                           MS_BIND, "");
        }
    }
}

/// The overlay keeps what it is made of when that has left the tree, so nothing else stays behind.
void add_overlay() {
    const UniqueFd folder(::open(class_folder, O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!folder) {
        throw_errno(errno, class_folder);
    }
    const Scratch scratch;
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

/// By who has the lock. A mount that is alive may still be there: one that this mount namespace has
/// got from another, with its program there.
void clear_remains() {
    const MountState state = mount_state(sysfs_place);
    if (state == MountState::alive) {
        return;
    }
    if (state == MountState::dead) {
        clear_dead_mount(sysfs_place);
    }
    if (has_overlay()) {
        remove_overlay();
    }
}

}  // namespace

SysfsPlace::SysfsPlace(bool hide_kernel) : lock_(lock_place()) {
    if (lock_) {
        clear_remains();
    }
    if (!lock_ || mount_state(sysfs_place) == MountState::alive) {
        throw_errno(EBUSY,
                    fmt::format("mount point {}: in use by another mpsse-gpiofs", sysfs_place));
    }
    if (::access(sysfs_place, F_OK) != 0) {
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
        if (overlaid_ && has_overlay()) {
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

}  // namespace gpiofs::fs
