#pragma once

#include <string>

namespace gpiofs::fs {

/// The type a mount of ours has in /proc/self/mountinfo.
inline constexpr const char* mount_type = "fuse.mpsse-gpiofs";

/// Checks that a tree can be mounted at `path` and returns it absolute, without links. A dead mount
/// of ours, left by a program that was killed, is cleared away; a live one is refused.
/// Throws std::system_error with a text that names the path and what to do.
std::string prepare_mount_point(const std::string& path);

/// Whether FUSE can be used at all: the device exists, and `allow_other` is open to this user.
/// Throws std::system_error.
void check_fuse(bool allow_other);

}  // namespace gpiofs::fs
