// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "base/unique_fd.h"

#include <csignal>
#include <optional>

namespace gpiofs::monitor {

/// SIGHUP, SIGINT and SIGTERM as something that can be polled, so that the lines are put back
/// first. A signal that was ignored when the program started stays ignored. SIGPIPE is ignored: a
/// write says EPIPE. One per process; thread-bound, in a process without other threads.
class EndSignal {
  public:
    /// Throws std::system_error if there are no descriptors left.
    EndSignal();

    /// Readable once such a signal has come.
    int fd() const noexcept { return fd_.get(); }
    /// The signal that has come, if any.
    std::optional<int> take() noexcept;
    /// Waits for a signal, but not longer than this.
    bool wait(std::chrono::milliseconds limit) const noexcept;

  private:
    UniqueFd fd_;
};

/// Ends the process as this signal does by default, whatever was set for it.
[[noreturn]] void end_by(int signal) noexcept;

}  // namespace gpiofs::monitor
