// SPDX-License-Identifier: MIT
#pragma once

#include "base/unique_fd.h"

#include <string>
#include <string_view>
#include <utility>

namespace gpiofs::cli {

/// How the start went, told to whoever started the program. In the background that is a waiting
/// parent process, so that its exit status is the truth; in the foreground it is stderr alone.
///
/// Made before the first thread and before any USB or FUSE handle. If it is destroyed without a
/// word, the parent takes that as a failure. Thread-bound.
class Startup {
  public:
    static Startup foreground() { return Startup(UniqueFd()); }

    /// Forks. Only the child returns, with the root directory as its working directory, so resolve
    /// paths first. The parent waits for the child's word and exits: 0 once the child is ready and
    /// its mount answers, 1 with one line on stderr otherwise. Where the mount is may not be
    /// known; then the child's word is enough. Until ready() the child shares the parent's
    /// terminal, so that Ctrl-C reaches both. Throws std::system_error if there can be no child.
    static Startup background(bool place_known);

    /// The boards are open and the tree is mounted at `mount_point`. A child leaves the terminal:
    /// new session, stdio to the null device, log lines to syslog. In the foreground the service
    /// manager is told, if there is one (sd_notify(3)).
    void ready(const std::string& mount_point);

    /// There will be no mount, and that is as it should be: tells why, in one line. Returns the
    /// exit status, 0.
    int left_alone(std::string_view text);

    /// Tells why there will be no mount, in one line. Returns the exit status, 1. After ready() it
    /// is only logged.
    int failed(std::string_view text);

  private:
    void tell_parent(char word, std::string_view text);

    explicit Startup(UniqueFd parent) noexcept : parent_(std::move(parent)) {}

    /// The socket on which the parent waits; closed once it has been told, and in the foreground.
    UniqueFd parent_;
};

}  // namespace gpiofs::cli
