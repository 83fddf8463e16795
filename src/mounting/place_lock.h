// SPDX-License-Identifier: MIT
#pragma once

#include "base/unique_fd.h"

namespace gpiofs::mounting {

/// What who has /sys/class/gpio keeps locked: nothing if another program of ours does. It is the
/// mount namespace that is locked, because each has a place of its own; a kill lets go of it.
///
/// Whoever can look at a namespace can lock it. So a lock that was taken by a process which is
/// neither root's nor this user's, or which has ended and left it to others, is told of and not
/// respected; then what is returned is not locked either. Throws std::system_error.
UniqueFd lock_place();

}  // namespace gpiofs::mounting
