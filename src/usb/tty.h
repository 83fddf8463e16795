// SPDX-License-Identifier: MIT
#pragma once

#include "transport/board.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

/// Who has the serial port of an interface open, by what /sys and /proc tell. Reentrant.
namespace gpiofs::usb {

/// Where the kernel's file systems are; a test may have others.
struct KernelFolders {
    std::string sys = "/sys";
    std::string proc = "/proc";
};

/// The programs that have a serial port on USB open, as far as this process may see: its user's,
/// and with CAP_SYS_PTRACE everybody's. This process itself is left out. Nothing that goes wrong is
/// an error.
std::vector<transport::TtyOpener> tty_openers(const KernelFolders& kernel = {});

/// The program that has the tty of an interface open; `interface` is the interface's folder in
/// sysfs. `seen_before` is what tty_openers() has told when this process was allowed to see more:
/// such a program counts unless it can be seen that it has ended or closed the tty.
std::optional<transport::TtyOpener> tty_opener(const std::string& interface,
                                               std::span<const transport::TtyOpener> seen_before,
                                               const KernelFolders& kernel = {});

}  // namespace gpiofs::usb
