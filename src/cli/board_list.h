// SPDX-License-Identifier: MIT
#pragma once

#include "cli/listed_board.h"
#include "transport/board.h"

#include <functional>
#include <string>
#include <string_view>

/// The table of --list. Reentrant.
namespace gpiofs::cli {

/// Finds a board's directory below /sys/devices; empty if it has none.
using SysfsPath = std::function<std::string(const transport::BoardInfo&)>;

/// Follows /sys/bus/usb/devices; empty for virtual boards and where there is no sysfs.
std::string sysfs_path(const transport::BoardInfo& info);

/// One line per board under a line of titles: path, VID:PID, chip, serial, letters of the MPSSE
/// interfaces, lines of each, who holds them, the BOARD word that selects it, and the unit that
/// systemd starts for it. Boards that are neither FTDI's nor known are left out.
std::string format_board_list(Boards boards, const SysfsPath& sysfs_path);

/// The instance of mpsse-gpiofs@.service that SYSTEMD_WANTS= makes of a device: systemd.device(5)
/// has the sysfs path as the instance, systemd.unit(5) says how it is escaped.
std::string unit_name(std::string_view sysfs_path);

}  // namespace gpiofs::cli
