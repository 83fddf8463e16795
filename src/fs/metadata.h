// SPDX-License-Identifier: MIT
#pragma once

#include "fs/tree.h"

#include <sys/stat.h>
#include <sys/types.h>

#include <cstdint>
#include <mutex>
#include <optional>
#include <unordered_map>

namespace gpiofs::fs {

/// Who owns the files and what is masked from their modes, for all files nobody has changed.
struct Ownership {
    uid_t uid = 0;
    gid_t gid = 0;
    mode_t umask = 022;
};

/// What chmod, chown and utimes changed; absent is unchanged.
struct MetadataChange {
    std::optional<mode_t> mode;
    std::optional<uid_t> uid;
    std::optional<gid_t> gid;
    std::optional<timespec> access_time;
    std::optional<timespec> modification_time;
};

/// The attributes stat() shows. Changes last as long as the object they were made to: a line until
/// it is unexported. Thread-safe.
class Metadata {
  public:
    /// `tree` outlives it.
    Metadata(const Tree& tree, const Ownership& ownership);

    struct stat get(const NodeId& id) const;
    void change(const NodeId& id, const MetadataChange& change);

  private:
    void forget_gone_locked();

    const Tree& tree_;
    const Ownership ownership_;
    timespec created_{};
    mutable std::mutex mutex_;
    std::unordered_map<std::uint64_t, MetadataChange>
        changes_;  ///< by to_number(); guarded by mutex_
};

}  // namespace gpiofs::fs
