// SPDX-License-Identifier: MIT
#pragma once

#include "transport/board.h"

#include <string>

/// What the tree says of an interface and of the board it is on. Reentrant.
namespace gpiofs::daemon {

/// As the kernel's gpio-mpsse writes it (Linux drivers/gpio/gpio-mpsse.c), in one line whatever the
/// board's serial is.
std::string label_of(const transport::BoardInfo& board, unsigned interface_number,
                     unsigned chip_number);

/// Where `device` points to: the interface's folder in sysfs, or the virtual board's in the tree.
std::string device_link_of(const transport::BoardInfo& board, unsigned interface_number);

}  // namespace gpiofs::daemon
