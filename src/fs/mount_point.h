#pragma once

#include <string>
#include <string_view>

namespace gpiofs::fs {

/// The type a mount of ours has in /proc/self/mountinfo.
inline constexpr const char* mount_type = "fuse.mpsse-gpiofs";

/// Type and source of a mount, as mountinfo has them; both empty where nothing is mounted.
struct MountedOn {
    std::string type;
    std::string source;
};

/// What is mounted on top at `path`, which is absolute and without links.
MountedOn top_mount(const std::string& path);

/// What is mounted on a folder as far as it is ours: nothing, a tree that answers, or one whose
/// program was killed.
enum class MountState { none, alive, dead };

/// `path` is absolute, without links. Asks the program that serves the mount.
MountState mount_state(const std::string& path);

/// Detaches a dead mount. Throws std::system_error with a text that names the path and what to do.
void clear_dead_mount(const std::string& path);

/// Whether a mount point is no folder but "/dev/fd/N": a connection to the kernel that somebody
/// with more privileges, mount.fuse3(8) for one, has opened, mounted and handed over. Where it is
/// mounted is then not known, and unmounting is for others to do.
bool is_handed_over(std::string_view mount_point) noexcept;

/// Checks that a tree can be mounted at `path` and returns it absolute, without links. A dead mount
/// of ours, left by a program that was killed, is cleared away; a live one is refused, and so is a
/// folder with files in it unless `nonempty`. Of what was handed over it checks that it is a
/// connection to FUSE, and returns it as it is.
/// Throws std::system_error with a text that names the path and what to do.
std::string prepare_mount_point(const std::string& path, bool nonempty);

/// Whether FUSE can be used at all: the device exists, and `allow_other` is open to this user.
/// Throws std::system_error.
void check_fuse(bool allow_other);

}  // namespace gpiofs::fs
