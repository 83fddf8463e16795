// SPDX-License-Identifier: MIT
#pragma once

#include "base/unique_fd.h"

namespace gpiofs::mounting {

/// Where programs look for the tree that know of no other place.
inline constexpr const char* sysfs_place = "/sys/class/gpio";

/// Makes that place a mount point. Where the kernel has no such folder, a read-only overlay over
/// /sys/class adds it; where it has one, the mount can only hide it. One program at a time has the
/// place in a mount namespace, from before the overlay until after it. Thread-bound.
class SysfsPlace {
  public:
    /// Throws std::system_error with a text that says what to do: EEXIST the kernel has a tree
    /// there and `hide_kernel` does not allow to hide it, EBUSY another program has the place,
    /// EPERM mounting needs root or a user namespace.
    explicit SysfsPlace(bool hide_kernel);
    SysfsPlace(const SysfsPlace&) = delete;
    SysfsPlace& operator=(const SysfsPlace&) = delete;
    ~SysfsPlace() { remove(); }

    /// Once nothing is mounted on it any more. Idempotent.
    void remove() noexcept;

  private:
    UniqueFd lock_;
    bool overlaid_ = false;
};

/// Clears what a killed program has left there: a dead mount of ours, and our overlay. Nothing if
/// there is none, or if a program has the place. Throws std::system_error.
void clear_sysfs_place();

}  // namespace gpiofs::mounting
