// SPDX-License-Identifier: MIT
#pragma once

namespace gpiofs {

/// Gives up for good, for the process and what it executes, what root may do and this program does
/// not need: of the capabilities it has, it keeps CAP_SYS_ADMIN (to mount and to unmount) and
/// CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH (boards and folders of other users). Nothing changes
/// for other users, who need the set-user-ID bit of fusermount3(1).
/// Called before there are other threads: they would keep theirs.
void keep_needed_privileges() noexcept;

}  // namespace gpiofs
