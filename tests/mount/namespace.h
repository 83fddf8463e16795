// SPDX-License-Identifier: MIT
#pragma once

#include "support/mount.h"

#include <string>

namespace gpiofs::test {

/// Runs a script with `sh -eu` in mount and process namespaces of its own: what it mounts is seen
/// by nobody else, /run and /usr/local/sbin are its own, and its processes end with it. It has
///   $dir             an empty folder
///   mpsse-gpiofs     the built program, where mount(8) finds it: that takes no PATH along
///   as USER COMMAND  as this user, with his primary group alone
///   is_mounted       whether $dir is a mount point
///   daemon           the process number of the program, if it lives
///   soon COMMAND     waits until it succeeds
///   term, kill_it    ends the program by SIGTERM, SIGKILL, and waits until it has gone
///   fails STATUS COMMAND  fails unless the command ends with this status
Finished in_namespace(const std::string& script);

}  // namespace gpiofs::test
