// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

namespace gpiofs::mounting {

/// The type a mount of ours has in /proc/self/mountinfo.
inline constexpr const char* mount_type = "fuse.mpsse-gpiofs";

/// One line of /proc/self/mountinfo (proc(5)).
struct MountedOn {
    std::string id;      ///< of the mount; used again once it has gone
    std::string device;  ///< "0:38", of the file system
    std::string place;   ///< where it is mounted
    std::string type;
    std::string source;
};

// They ask nothing of the file system, and throw std::bad_alloc.

/// The id of the mount that a file is in; empty if /proc does not tell.
std::string mount_id(int fd);
/// Nothing if it is mounted nowhere, or /proc does not tell.
std::optional<MountedOn> mount_with_id(const std::string& id);
inline std::optional<MountedOn> mount_of(int fd) { return mount_with_id(mount_id(fd)); }

}  // namespace gpiofs::mounting
