// SPDX-License-Identifier: MIT
#pragma once

#include "fs/fuse_api.h"
#include "fs/handles.h"
#include "fs/metadata.h"
#include "fs/open_file.h"
#include "fs/tree.h"

#include <atomic>
#include <cstddef>
#include <memory>

namespace gpiofs::fs {

/// Called once, from a FUSE thread, when the kernel has taken the mount into service.
using ReadyHook = void (*)(void* context);

/// What the callbacks work on: libfuse's `userdata`. Thread-safe.
class Operations {
  public:
    Operations(const Services& services, const Ownership& ownership);

    /// The table of callbacks for fuse_session_new().
    static const fuse_lowlevel_ops& table() noexcept;

    void on_ready(ReadyHook hook, void* context) noexcept;
    /// Drops what the kernel will not release any more, once the session has ended.
    void drop_handles() noexcept;
    /// Whether files or folders are open.
    bool has_open() const noexcept;

  private:
    friend struct Callbacks;

    std::shared_ptr<OpenFile> make_file(const Node& node) const;

    Tree tree_;
    Metadata metadata_;
    ReadyHook ready_ = nullptr;
    void* ready_context_ = nullptr;
    Handles<OpenFile> open_files_;
    std::atomic<std::size_t> open_folders_ = 0;
};

}  // namespace gpiofs::fs
