// SPDX-License-Identifier: MIT
#include "usb/usb_board.h"

#include "base/error.h"
#include "usb/claimed_interface.h"
#include "usb/libusb_transport.h"
#include "usb/sysfs.h"
#include "usb/tty.h"

#include <fmt/format.h>

#include <cerrno>
#include <utility>

namespace gpiofs::usb {

namespace {

bool is_like_ftdi(const libusb_config_descriptor& configuration) {
    try {
        for (unsigned number = 0; number < configuration.bNumInterfaces; ++number) {
            static_cast<void>(endpoints_of(configuration, number, {}));
        }
        return configuration.bNumInterfaces > 0;
    } catch (const std::system_error&) {
        return false;
    }
}

}  // namespace

UsbBoard::UsbBoard(std::shared_ptr<Context> context, Device device)
    : context_(std::move(context)), device_(std::move(device)) {
    const libusb_device_descriptor descriptor = descriptor_of(device_.get());
    const Configuration configuration = configuration_of(device_.get());
    info_.path = path_of(location_of(device_.get()));
    info_.vendor = descriptor.idVendor;
    info_.product = descriptor.idProduct;
    info_.bcd_device = descriptor.bcdDevice;
    info_.interfaces = configuration->bNumInterfaces;
    info_.like_ftdi = is_like_ftdi(*configuration);
    if (const auto serial = sysfs::serial(info_.path)) {
        info_.serial = printable(*serial);
    }
    configuration_ = configuration->bConfigurationValue;
    name_ = fmt::format("{} ({:04x}:{:04x})", info_.path, info_.vendor, info_.product);
}

std::string UsbBoard::holder(unsigned number) const {
    return sysfs::driver(info_.path, configuration_, number);
}

std::unique_ptr<transport::Transport> UsbBoard::open(unsigned number,
                                                     const transport::OpenOptions& options) {
    if (std::chrono::steady_clock::now() >= options.deadline) {
        throw_errno(ETIMEDOUT, fmt::format("cannot open {}", name_));
    }
    const std::string what = fmt::format("{} {}", name_, interface_name(number));
    const Endpoints endpoints = endpoints_of(*configuration_of(device_.get()), number, what);
    if (options.detach != transport::Detach::none) {
        check_tty(number, options);
    }
    auto claimed = std::make_unique<ClaimedInterface>(
        handle(), InterfaceId{info_.path, configuration_, number, what}, options.detach);
    return std::make_unique<LibusbTransport>(std::move(claimed), endpoints);
}

std::shared_ptr<DeviceHandle> UsbBoard::handle() {
    const std::lock_guard lock(mutex_);
    auto opened = handle_.lock();
    if (!opened) {
        opened = std::make_shared<DeviceHandle>(context_, device_, name_);
        handle_ = opened;
    }
    return opened;
}

/// Throws EBUSY if a program has the interface's tty open, unless that does not matter.
void UsbBoard::check_tty(unsigned number, const transport::OpenOptions& options) const {
    if (options.take_open_tty) {
        return;
    }
    const auto opener = tty_opener(sysfs::interface_folder(info_.path, configuration_, number),
                                   options.tty_openers);
    if (opener) {
        throw_errno(EBUSY, fmt::format("{} {}: {} (process {}) has /dev/{} open: end it, or insist "
                                       "with -o detach=open",
                                       name_, interface_name(number), opener->program, opener->pid,
                                       opener->tty));
    }
}

}  // namespace gpiofs::usb
