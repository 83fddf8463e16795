// SPDX-License-Identifier: MIT
#pragma once

#include "cli/board_match.h"
#include "cli/options.h"
#include "daemon/virtual_boards.h"
#include "transport/board.h"
#include "usb/usb_board_source.h"

#include <memory>
#include <vector>

/// Which boards the options mean. Reentrant.
namespace gpiofs::daemon {

/// Makes the virtual boards that are meant. Throws as VirtualBoards::add() does.
void add_virtual_boards(const cli::Options& options, VirtualBoards& boards);

/// Whether any board on USB may be meant.
bool needs_usb(const cli::Options& options);

/// Which USB IDs are looked at. `options` outlives it.
usb::UsbBoardSource::Filter usb_filter(const cli::Options& options);

/// Chooses among the boards that are plugged in; if the choice is ambiguous, prints their list.
/// Throws std::runtime_error with one line for the user.
std::vector<cli::Choice> choose_present(
    const cli::Options& options, const std::vector<std::shared_ptr<transport::Board>>& present);

}  // namespace gpiofs::daemon
