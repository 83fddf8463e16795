// SPDX-License-Identifier: MIT
#include "usbip/exports.h"

#include <fmt/format.h>

#include <algorithm>

namespace gpiofs::usbip {

Exports::Lease::Lease(Exports& exports, unsigned number, sim::Attachment attachment)
    : exports_(exports), number_(number), attachment_(attachment) {}

Exports::Lease::~Lease() {
    const std::scoped_lock lock(exports_.mutex_);
    std::erase(exports_.leased_, LeasedBoard{number_, attachment_});
}

DeviceInfo Exports::info_of(unsigned number) const {
    const sim::VirtualBoard& board = bench_.board(number);
    return {.bus_id = fmt::format("1-{}", number + 1),
            .bus = 1,
            .device = number + 1,
            .high_speed = board.high_speed(),
            .vendor = board.vendor(),
            .product = board.product(),
            .bcd_device = board.chip().bcd_device,
            .interfaces = static_cast<std::uint8_t>(board.chip().interfaces)};
}

std::vector<DeviceInfo> Exports::list() const {
    std::vector<DeviceInfo> devices;
    for (unsigned number = 0; number < bench_.size(); ++number) {
        if (bench_.board(number).attachment() != 0) {
            devices.push_back(info_of(number));
        }
    }
    return devices;
}

std::variant<std::unique_ptr<Exports::Lease>, Status> Exports::import_device(
    const std::string& bus_id) {
    for (unsigned number = 0; number < bench_.size(); ++number) {
        if (info_of(number).bus_id != bus_id) {
            continue;
        }
        sim::VirtualBoard& board = bench_.board(number);
        const std::scoped_lock lock(mutex_);
        // A lease of an earlier attachment is over, whether its session has noticed or not.
        const LeasedBoard present{number, board.attachment()};
        if (std::find(leased_.begin(), leased_.end(), present) != leased_.end()) {
            return Status::busy;
        }
        const sim::Attachment attachment = board.reset_bus();
        if (attachment == 0) {
            break;
        }
        leased_.push_back({number, attachment});
        return std::make_unique<Lease>(*this, number, attachment);
    }
    return Status::no_device;
}

}  // namespace gpiofs::usbip
