// SPDX-License-Identifier: MIT
#pragma once

#include "transport/board.h"

#include <functional>

/// What udev has written down about a board: the property MPSSE_GPIOFS_MOUNT. Reentrant.
namespace gpiofs::cli {

/// Whether udev has a board mounted when it is plugged in: because it is made for GPIO alone, or
/// because the administrator has opted it in.
enum class MountsItself {
    no,
    yes,
    unknown_yet,  ///< udev runs, and has not come to this board
};

using AskUdev = std::function<MountsItself(const transport::BoardInfo&)>;

/// Asks udev's database; no if there is no udev.
MountsItself ask_udev(const transport::BoardInfo& info);

}  // namespace gpiofs::cli
