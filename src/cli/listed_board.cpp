// SPDX-License-Identifier: MIT
#include "cli/listed_board.h"

#include "base/text.h"
#include "mpsse/chip_type.h"
#include "mpsse/known_boards.h"

#include <algorithm>

namespace gpiofs::cli {
namespace {

constexpr std::uint16_t ftdi_vendor = 0x0403;

}  // namespace

bool is_listed(const transport::BoardInfo& info) noexcept {
    return info.vendor == ftdi_vendor ||
           mpsse::find_known_board(info.vendor, info.product) != nullptr ||
           (info.like_ftdi && mpsse_interfaces(info) > 0);
}

unsigned mpsse_interfaces(const transport::BoardInfo& info) noexcept {
    const auto* chip = mpsse::find_chip_type(info.bcd_device);
    const bool genuine = chip != nullptr && chip->usb_interfaces == info.interfaces;
    return genuine ? chip->mpsse_interfaces : 0;
}

bool has_serial_of_its_own(const transport::BoardInfo& info, Boards boards) {
    return info.serial && !info.serial->empty() && escape_control(*info.serial) == *info.serial &&
           std::count_if(boards.begin(), boards.end(), [&](const auto& board) {
               return board->info().serial == info.serial;
           }) == 1;
}

std::string shell_quoted(const std::string& text) {
    std::string quoted = "'";
    for (const char c : text) {
        quoted += c == '\'' ? "'\\''" : std::string(1, c);
    }
    return quoted + "'";
}

}  // namespace gpiofs::cli
