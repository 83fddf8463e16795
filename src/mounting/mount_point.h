// SPDX-License-Identifier: MIT
#pragma once

#include "mounting/folder.h"
#include "mounting/question.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace gpiofs::mounting {

/// What is mounted on a folder as far as it is ours.
enum class MountState {
    none,
    alive,
    dead,       ///< its program was killed
    silent,     ///< its program does not answer
    strangers,  ///< another user's, who lets nobody in
};

/// How long a program may take to show that it lives. One that takes longer is left alone as one
/// that lives would be.
constexpr std::chrono::milliseconds patience{1000};

/// Asks the program that serves what is mounted on a folder, which has to stay open. Thread-bound.
class MountQuestion {
  public:
    explicit MountQuestion(const Folder& folder);
    /// Waits until then at the longest. To be called once.
    MountState answer(std::chrono::steady_clock::time_point deadline) noexcept;

  private:
    std::optional<Question> question_;  ///< nothing if no mount of ours is there
};

/// Asks, for as long as `patience` at most.
MountState mount_state(const Folder& folder);

/// Detaches a dead mount. Throws std::system_error with a text that names the path and what to do.
void clear_dead_mount(const Folder& folder);

/// Detaches what is mounted there, also while it is in use; whether it worked.
bool detach(const Folder& folder) noexcept;

/// The descriptor if a mount point is no folder but "/dev/fd/N": a connection to the kernel that
/// somebody with more privileges, mount.fuse3(8) for one, has opened, mounted and handed over.
/// Where it is mounted is then not known, and unmounting is for others to do.
std::optional<int> handed_over(std::string_view mount_point) noexcept;

/// Where the tree is going to be mounted: a folder, held from the moment it was looked at, or a
/// connection that was handed over.
class MountPoint {
  public:
    /// Checks that a tree can be mounted at `path`. A dead mount of ours, left by a program that
    /// was killed, is cleared away; a live one is refused, and so is a folder with files in it
    /// unless `nonempty`. Of what was handed over it checks that it is a connection to FUSE. Throws
    /// std::system_error with a text that names the path and what to do.
    MountPoint(const std::string& path, bool nonempty);
    /// The same for a folder that is open already.
    MountPoint(Folder folder, bool nonempty);

    /// Absolute and without links, as it was when it was looked at; "/dev/fd/N" if handed over.
    const std::string& path() const noexcept { return path_; }
    /// Nothing if handed over.
    const std::optional<Folder>& folder() const noexcept { return folder_; }

  private:
    void prepare(bool nonempty);

    std::string path_;
    std::optional<Folder> folder_;
};

/// Whether FUSE can be used at all: the device exists, and `allow_other` is open to this user.
/// Throws std::system_error.
void check_fuse(bool allow_other);

}  // namespace gpiofs::mounting
