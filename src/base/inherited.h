// SPDX-License-Identifier: MIT
#pragma once

namespace gpiofs {

/// Closes what the caller had open and this program has no use for, so that it keeps nobody's lock,
/// pipe or file system in use for as long as it lives: all descriptors but 0 to 2, `kept`, which
/// may be -1, and those that a service manager passes (sd_listen_fds(3)). Before anything of the
/// program's own is opened.
void close_inherited_descriptors(int kept) noexcept;

}  // namespace gpiofs
