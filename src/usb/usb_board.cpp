#include "usb/usb_board.h"

#include "base/error.h"
#include "usb/libusb_transport.h"
#include "usb/sysfs.h"

#include <fmt/format.h>

#include <cerrno>
#include <utility>

namespace gpiofs::usb {

using transport::Detach;

namespace {

constexpr std::string_view serial_driver = "ftdi_sio";
/// The name under which usbfs itself holds what a program has claimed.
constexpr std::string_view program = "usbfs";

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
    const Endpoints endpoints = endpoints_of(*configuration_of(device_.get()), number,
                                             fmt::format("{} {}", name_, interface_name(number)));
    auto opened = handle();
    const bool detach = claim(*opened, number, options.detach);
    try {
        return std::make_unique<LibusbTransport>(opened, number, endpoints, detach);
    } catch (...) {
        opened->release(number, detach);
        throw;
    }
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

/// Claims the interface; whether a kernel driver was detached.
bool UsbBoard::claim(DeviceHandle& handle, unsigned number, Detach detach) const {
    bool detaching = detach_allowed(handle, number, detach);
    try {
        handle.claim(number, detaching);
    } catch (const std::system_error& error) {
        // A driver may bind to a board that has just arrived after it was looked for.
        if (detaching || to_errno(error.code()) != EBUSY) {
            throw;
        }
        detaching = detach_allowed(handle, number, detach);
        handle.claim(number, detaching);
    }
    return detaching;
}

/// Whether there is a kernel driver and it may go; throws EBUSY if it may not.
bool UsbBoard::detach_allowed(DeviceHandle& handle, unsigned number, Detach detach) const {
    const std::string what = fmt::format("{} {}", name_, interface_name(number));
    const bool active = handle.driver_is_active(number);
    std::string holder = this->holder(number);
    if (holder == program) {
        throw_errno(EBUSY, fmt::format("{} is in use by another program: end that first", what));
    }
    if (!active) {
        return false;
    }
    if (holder.empty()) {
        holder = "(of unknown name)";
    }
    const bool serial = holder == serial_driver;
    if (detach == Detach::any || (detach == Detach::serial && serial)) {
        return true;
    }
    throw_errno(EBUSY, fmt::format("{} is held by the kernel driver {}: allow to detach it with "
                                   "-o detach={}",
                                   what, holder, serial ? "sio" : "any"));
}

}  // namespace gpiofs::usb
