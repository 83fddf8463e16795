// SPDX-License-Identifier: MIT
#pragma once

#include "base/unique_fd.h"

#include <string>
#include <string_view>

namespace gpiofs::log {

/// The system's log at /dev/log, as syslog(3) writes to it, but without ever waiting for who reads
/// it: neither glibc's nor libsystemd's functions can be told not to. Not thread-safe.
class SystemLog {
  public:
    /// Sends a line; whether it was taken. `priority` is one of <syslog.h>.
    bool write(int priority, std::string_view program, std::string_view text) noexcept;

  private:
    bool connect(int type) noexcept;
    bool connected() noexcept;
    bool send(const std::string& message) noexcept;

    UniqueFd socket_;
    bool stream_ = false;
};

}  // namespace gpiofs::log
