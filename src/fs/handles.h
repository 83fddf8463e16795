// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>

namespace gpiofs::fs {

/// The owners of what the kernel holds handles to: open files, or open folders. A handle is the
/// object's address. Thread-safe.
template <typename T>
class Handles {
  public:
    void add(std::shared_ptr<T> object) {
        const T* const key = object.get();
        const std::lock_guard lock(mutex_);
        objects_.emplace(key, std::move(object));
    }

    void remove(const T* key) noexcept {
        std::shared_ptr<T> last;  // destroyed after the lock is gone
        const std::lock_guard lock(mutex_);
        if (const auto at = objects_.find(key); at != objects_.end()) {
            last = std::move(at->second);
            objects_.erase(at);
        }
    }

    bool empty() const noexcept {
        const std::lock_guard lock(mutex_);
        return objects_.empty();
    }

    /// For what the kernel does not release any more, once the session has ended.
    void clear() noexcept {
        std::unordered_map<const T*, std::shared_ptr<T>> dropped;
        const std::lock_guard lock(mutex_);
        dropped.swap(objects_);
    }

  private:
    mutable std::mutex mutex_;
    std::unordered_map<const T*, std::shared_ptr<T>> objects_;  ///< guarded by mutex_
};

}  // namespace gpiofs::fs
