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
    /// `mount_point` answers as a mount, 1 with one line on stderr otherwise. Until ready() the
    /// child shares the parent's terminal, so that Ctrl-C reaches both.
    /// Throws std::system_error if there can be no child.
    static Startup background(const std::string& mount_point);

    /// The boards are open and the tree is mounted. A child leaves the terminal: new session, stdio
    /// to the null device, log lines to syslog.
    void ready();

    /// Tells why there will be no mount, in one line. Returns the exit status, 1. After ready() it
    /// is only logged.
    int failed(std::string_view text);

  private:
    explicit Startup(UniqueFd parent) noexcept : parent_(std::move(parent)) {}

    /// The socket on which the parent waits; closed once it has been told, and in the foreground.
    UniqueFd parent_;
};

}  // namespace gpiofs::cli
