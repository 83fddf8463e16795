// SPDX-License-Identifier: MIT
#include "spec/virtual_board.h"

namespace gpiofs::spec {

bool has_virtual_boards() noexcept { return false; }

bool check_virtual_board(const sim::BoardConfig&, std::string_view, std::string&) { return true; }

}  // namespace gpiofs::spec
