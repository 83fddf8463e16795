// SPDX-License-Identifier: MIT
#pragma once

#include "fs/metadata.h"
#include "fs/tree.h"
#include "mounting/mount_point.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gpiofs::fs {

class Operations;

/// How and where the tree is mounted.
struct MountOptions {
    /// Shown as the mount's source: the BOARD words.
    std::string source;
    /// Further options for the kernel and fusermount3, as for -o.
    std::vector<std::string> options;
    bool allow_other = false;
    bool single_threaded = false;
    /// How many interfaces can be in use at once; nothing if that depends on what is plugged in.
    std::optional<unsigned> interfaces;
    /// Prints every FUSE message.
    bool debug = false;
    Ownership ownership;
};

/// The mounted tree: mounts when made, serves in run(), unmounts when destroyed.
/// Thread-bound to the main thread, except quit(). SIGUSR1 is used inside.
class Session {
  public:
    /// Mounts at `place`. Throws std::system_error with one line that says what to do. `services`
    /// outlive it.
    Session(const mounting::MountPoint& place, const MountOptions& options,
            const Services& services);
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    ~Session();

    /// Called once by a FUSE thread when the mount has been taken into service; before run().
    void on_ready(void (*hook)(void*), void* context) noexcept;

    /// Serves until quit() or an unmount. Throws std::system_error if the connection fails.
    void run();

    /// Takes the mount out of the tree; files that are open go on being served. A mount that was
    /// handed over stays, and is dead once the session is. Followed by quit().
    /// Not to be called by a FUSE thread.
    void detach() noexcept;
    /// Makes run() return, not before the last file is closed or `grace` is over, and waits until
    /// it has; it waits for the requests that FUSE threads are working on, so it is not for them to
    /// call.
    void quit(std::chrono::milliseconds grace) noexcept;

  private:
    struct Handle;
    std::unique_ptr<Operations> operations_;
    std::unique_ptr<Handle> handle_;
    bool single_threaded_;
    unsigned threads_;
};

}  // namespace gpiofs::fs
