// SPDX-License-Identifier: MIT
#include "spec/virtual_board.h"

#include "sim/chip_profile.h"

#include <fmt/format.h>

namespace gpiofs::spec {

bool has_virtual_boards() noexcept { return true; }

bool check_virtual_board(const sim::BoardConfig& spec, std::string_view interfaces,
                         std::string& error) {
    const sim::ChipProfile* chip = sim::find_chip(spec, error);
    if (chip == nullptr) {
        return false;
    }
    for (const char letter : interfaces) {
        if (static_cast<unsigned>(letter - 'A') >= chip->mpsse_interfaces) {
            error = fmt::format("{}'s interface {} has no MPSSE: use A", chip->name, letter);
            return false;
        }
    }
    return true;
}

}  // namespace gpiofs::spec
