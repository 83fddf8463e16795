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

/// The mount that a file is in; nothing if it is mounted nowhere, or /proc does not tell. Asks
/// nothing of the file system. Throws std::bad_alloc.
std::optional<MountedOn> mount_of(int fd);

}  // namespace gpiofs::mounting
