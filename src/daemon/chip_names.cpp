// SPDX-License-Identifier: MIT
#include "daemon/chip_names.h"

#include "base/text.h"

#include <fmt/format.h>

namespace gpiofs::daemon {

std::string label_of(const transport::BoardInfo& board, unsigned interface_number,
                     unsigned chip_number) {
    return fmt::format("MPSSE{:04x}:{:04x}.{}.{}.{}", board.vendor, board.product, interface_number,
                       chip_number, escape_control(board.serial.value_or("NONE")));
}

std::string device_link_of(const transport::BoardInfo& board, unsigned interface_number) {
    constexpr std::string_view virtual_prefix = "sim";
    if (board.virtual_board) {
        return fmt::format("../sim/{}", board.path.substr(virtual_prefix.size()));
    }
    return fmt::format("/sys/bus/usb/devices/{}:1.{}", board.path, interface_number);
}

}  // namespace gpiofs::daemon
