// SPDX-License-Identifier: MIT
#pragma once

#include "sim/board_config.h"

#include <string>
#include <string_view>

namespace gpiofs::spec {

/// Whether this program can make virtual boards.
bool has_virtual_boards() noexcept;

/// Whether there can be such a virtual board, and these interfaces of it have MPSSE; if not, one
/// line in `error`. A program that has no virtual boards cannot tell, and takes all.
bool check_virtual_board(const sim::BoardConfig& spec, std::string_view interfaces,
                         std::string& error);

}  // namespace gpiofs::spec
