// SPDX-License-Identifier: MIT
#include "fs/metadata.h"

#include <ctime>

namespace gpiofs::fs {
namespace {

/// What sysfs says of every attribute: a page (Linux fs/sysfs/file.c).
constexpr off_t attribute_size = 4096;
/// The unit of st_blocks, in bytes (stat(2)).
constexpr blkcnt_t block_size = 512;

template <typename T>
void merge(std::optional<T>& into, const std::optional<T>& from) {
    if (from) {
        into = from;
    }
}

}  // namespace

Metadata::Metadata(const Tree& tree, const Ownership& ownership)
    : tree_(tree), ownership_(ownership) {
    clock_gettime(CLOCK_REALTIME, &created_);
}

struct stat Metadata::get(const NodeId& id) const {
    MetadataChange changed;
    {
        const std::lock_guard lock(mutex_);
        if (const auto at = changes_.find(to_number(id)); at != changes_.end()) {
            changed = at->second;
        }
    }
    const mode_t mode = tree_.mode(id);
    const bool link = S_ISLNK(mode);
    const mode_t shown = link ? mode & 0777U : mode & 0777U & ~ownership_.umask;
    struct stat result {};
    result.st_ino = to_inode(id);
    result.st_mode = (mode & S_IFMT) | changed.mode.value_or(shown);
    result.st_nlink = S_ISDIR(mode) ? 2 : 1;
    result.st_uid = changed.uid.value_or(ownership_.uid);
    result.st_gid = changed.gid.value_or(ownership_.gid);
    result.st_size = S_ISREG(mode) ? attribute_size : 0;
    result.st_blksize = attribute_size;
    // Without blocks cp would look for holes, by seeking.
    result.st_blocks = Tree::is_stream(id) ? attribute_size / block_size : 0;
    result.st_atim = changed.access_time.value_or(created_);
    result.st_mtim = changed.modification_time.value_or(created_);
    result.st_ctim = created_;
    return result;
}

void Metadata::change(const NodeId& id, const MetadataChange& change) {
    const std::lock_guard lock(mutex_);
    forget_gone_locked();
    MetadataChange& stored = changes_[to_number(id)];
    merge(stored.mode, change.mode);
    merge(stored.uid, change.uid);
    merge(stored.gid, change.gid);
    merge(stored.access_time, change.access_time);
    merge(stored.modification_time, change.modification_time);
}

void Metadata::forget_gone_locked() {
    std::erase_if(changes_,
                  [this](const auto& entry) { return !tree_.find(to_node(entry.first)); });
}

}  // namespace gpiofs::fs
