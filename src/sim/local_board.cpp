// SPDX-License-Identifier: MIT
#include "sim/local_board.h"

#include "base/error.h"
#include "sim/local_transport.h"

#include <fmt/format.h>

#include <cerrno>
#include <utility>

namespace gpiofs::sim {
namespace {

transport::BoardInfo describe(const VirtualBoard& board, std::string path) {
    transport::BoardInfo info;
    info.path = std::move(path);
    info.vendor = board.vendor();
    info.product = board.product();
    info.bcd_device = board.chip().bcd_device;
    if (!board.serial().empty()) {
        info.serial = board.serial();
    }
    info.interfaces = board.chip().interfaces;
    info.virtual_board = true;
    return info;
}

}  // namespace

LocalBoard::LocalBoard(std::shared_ptr<VirtualBoard> board, std::string path)
    : board_(std::move(board)),
      attachment_(board_->attachment()),
      info_(describe(*board_, std::move(path))) {}

std::string LocalBoard::holder(unsigned number) const {
    return (claimed_ >> number & 1U) != 0 ? "usbfs" : "";
}

std::unique_ptr<transport::Transport> LocalBoard::open(unsigned number,
                                                       const transport::OpenOptions& /*options*/) {
    if (board_->attachment() != attachment_) {
        throw_errno(ENODEV, fmt::format("{} is unplugged", info_.path));
    }
    if (number >= info_.interfaces) {
        throw_errno(EINVAL, fmt::format("{} has no interface {}", info_.path, number));
    }
    const unsigned bit = 1U << number;
    if ((claimed_.fetch_or(bit) & bit) != 0) {
        throw_errno(EBUSY, fmt::format("{} interface {} is in use", info_.path, number));
    }
    return std::make_unique<LocalTransport>(shared_from_this(), number);
}

}  // namespace gpiofs::sim
