// SPDX-License-Identifier: MIT
#pragma once

#include "base/unique_fd.h"
#include "mounting/folder.h"

#include <optional>
#include <string>
#include <vector>

namespace gpiofs::mounting {

/// A FUSE file system that root has mounted on a folder, known by what the kernel calls it: so it
/// is found again wherever others have moved the folder to, and nothing else is taken for it. It is
/// not held open, which would keep everybody from unmounting it. Thread-bound.
class FuseMount {
  public:
    struct Settings {
        std::string source;
        std::string subtype;
        /// Those of mount(8) for any file system: "nosuid", "sync".
        std::vector<std::string> flags;
        bool allow_other = false;
    };

    /// Opens a connection to the kernel and mounts it on `place`. Permissions are the kernel's to
    /// check. Throws std::system_error with a text that names the place.
    FuseMount(const Folder& place, const Settings& settings);

    /// The connection, as an open /dev/fuse.
    int connection() const noexcept { return connection_.get(); }
    /// Somebody else closes it.
    void connection_taken() noexcept { connection_.release(); }

    /// Takes the mount out of the tree, also while it is in use; whether it was still there. From
    /// then on it is held open, so that it does not end with the last file that is closed.
    bool detach() noexcept;

    /// Where it is mounted now; nothing if it has been unmounted.
    std::optional<std::string> place() const;

  private:
    void attach(const Folder& place, const std::string& what, const Settings& settings);
    /// The root of the mount; not valid if it has gone, or is not below `around_` any more.
    Folder root() const;

    /// The root of the mount in which the folder lies that was mounted on: nobody can move that one
    /// out of it.
    Folder around_;
    UniqueFd connection_;
    std::string id_;      ///< as in MountedOn
    std::string device_;  ///< as in MountedOn
    Folder detached_;
};

}  // namespace gpiofs::mounting
