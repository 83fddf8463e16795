// SPDX-License-Identifier: MIT
#pragma once

#include "monitor/end_signal.h"

#include <chrono>

namespace gpiofs::monitor {

/// Ends the start of a monitor; the signal waits in EndSignal.
struct Interrupted {};

/// An exclusive lock on the folder of a line, held while a monitor decides whether the line is to
/// be armed or put back, so that no other monitor decides at the same time. Held for a moment only.
class FolderLock {
  public:
    /// Tries until `limit` is over; then held() is false. `folder` outlives the lock. With
    /// `signals` the wait ends at a signal: throws Interrupted. errno of another failure than a
    /// lock that is held is in error().
    FolderLock(int folder, std::chrono::milliseconds limit, const EndSignal* signals);
    FolderLock(const FolderLock&) = delete;
    FolderLock& operator=(const FolderLock&) = delete;
    ~FolderLock();

    bool held() const noexcept { return error_ == 0; }
    int error() const noexcept { return error_; }

  private:
    int folder_;
    int error_ = 0;
};

}  // namespace gpiofs::monitor
