// SPDX-License-Identifier: MIT
#pragma once

#include "cli/options.h"

#include <string>
#include <string_view>

namespace gpiofs::cli {

/// Takes one piece of -o that is not this program's own: what libfuse understands is kept for it,
/// what concerns only mount(8) and fstab(5) is dropped, anything else is refused with a line in
/// `error`. Reentrant.
bool apply_mount_flag(Options& options, std::string_view piece, std::string& error);

}  // namespace gpiofs::cli
