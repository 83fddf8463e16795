#pragma once

namespace gpiofs::fs {

/// Where programs look for the tree that know of no other place.
inline constexpr const char* sysfs_place = "/sys/class/gpio";

/// Makes that place a mount point. Where the kernel has no such folder, a read-only overlay over
/// /sys/class adds it; where it has one, the mount can only hide it. Thread-bound.
class SysfsPlace {
  public:
    /// Throws std::system_error with a text that says what to do: EEXIST the kernel has a tree
    /// there and `hide_kernel` does not allow to hide it, EPERM mounting needs root or a user
    /// namespace.
    explicit SysfsPlace(bool hide_kernel);
    SysfsPlace(const SysfsPlace&) = delete;
    SysfsPlace& operator=(const SysfsPlace&) = delete;
    ~SysfsPlace() { remove(); }

    /// Once nothing is mounted on it any more. Idempotent.
    void remove() noexcept;

  private:
    bool overlaid_ = false;
};

/// Clears what a killed program has left there: a dead mount of ours, and our overlay. Nothing if
/// there is none, or if its program lives. Throws std::system_error.
void clear_sysfs_place();

}  // namespace gpiofs::fs
