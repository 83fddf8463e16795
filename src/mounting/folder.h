// SPDX-License-Identifier: MIT
#pragma once

#include "base/unique_fd.h"

#include <string>

namespace gpiofs::mounting {

/// A folder that is held by a descriptor: whoever renames it, or puts a link in its place, changes
/// nothing for who holds it. Holding it asks nothing of a file system that is mounted there.
/// Thread-bound.
class Folder {
  public:
    Folder() = default;
    /// Opens the folder that `path` names; links on the way are followed, but for root only those
    /// that are root's own: another user's can lead anywhere, also later. Throws std::system_error
    /// with a text that begins with `what` and the path.
    static Folder open(const std::string& what, const std::string& path);

    /// The folder that is open as `fd`, which goes on being its owner's.
    static Folder at(int fd) noexcept;

    /// The folder of this name in it, with what is mounted on it; no link is followed. Not valid if
    /// there is none, and errno says why.
    Folder child(const std::string& name) const noexcept;
    /// The folder at this path below it, on the way to which there is no link and no other mount,
    /// and so nobody's program that could keep it waiting. Not valid if there is none.
    Folder below(const std::string& path) const;
    /// The folder it is in.
    Folder parent() const noexcept { return child(".."); }

    /// Locks it (flock(2)) for as long as the descriptor lives. Not valid if somebody else has it
    /// locked, or it cannot be opened; not for a folder with something mounted on it.
    UniqueFd lock() const noexcept;
    /// Whether the folder of this name in it is the one that is open as `fd`.
    bool has(const std::string& name, int fd) const noexcept;

    explicit operator bool() const noexcept { return static_cast<bool>(fd_); }
    int fd() const noexcept { return fd_.get(); }
    /// Where it is now; empty if the kernel does not tell.
    std::string path() const;
    /// A path that means this very folder, for system calls that take no descriptor.
    std::string by_descriptor() const;

  private:
    explicit Folder(UniqueFd fd) noexcept : fd_(std::move(fd)) {}

    UniqueFd fd_;
};

}  // namespace gpiofs::mounting
