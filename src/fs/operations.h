#pragma once

#include "fs/fuse_api.h"
#include "fs/metadata.h"
#include "fs/open_file.h"
#include "fs/tree.h"

#include <memory>
#include <mutex>
#include <unordered_map>

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
    void drop_open_files() noexcept;

  private:
    friend struct Callbacks;

    std::shared_ptr<OpenFile> open(const Node& node);
    void release(const OpenFile* file) noexcept;

    Tree tree_;
    Metadata metadata_;
    ReadyHook ready_ = nullptr;
    void* ready_context_ = nullptr;
    std::mutex mutex_;
    /// Owners of the open files, whose addresses are the kernel's file handles; guarded by mutex_.
    std::unordered_map<const OpenFile*, std::shared_ptr<OpenFile>> open_files_;
};

}  // namespace gpiofs::fs
