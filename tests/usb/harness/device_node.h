// SPDX-License-Identifier: MIT
#pragma once

#include "base/unique_fd.h"

#include <filesystem>

namespace gpiofs::tests {

/// A usbfs node that poll() can be used on. It is a symbolic link to a raw pseudo terminal, because
/// a terminal can be made to block and to hang up at will: stopped output means that no URB is to
/// be reaped, and a hang-up is a disconnect. Thread-safe but for hang_up().
class DeviceNode {
  public:
    explicit DeviceNode(std::filesystem::path link);
    DeviceNode(const DeviceNode&) = delete;
    DeviceNode& operator=(const DeviceNode&) = delete;
    ~DeviceNode();

    /// Whether poll() finds the node ready for output.
    void set_ready(bool ready) noexcept;
    /// The permission bits of the node.
    void set_mode(unsigned mode);
    /// What a disconnect looks like: poll() reports an error, the name is gone.
    void hang_up() noexcept;

  private:
    std::filesystem::path link_;
    UniqueFd master_;
    UniqueFd slave_;
};

}  // namespace gpiofs::tests
