// SPDX-License-Identifier: MIT
#include "usb/device_handle.h"

#include "base/error.h"
#include "base/log.h"
#include "usb/usb_error.h"
#include "usb/usbfs.h"

#include <fmt/format.h>

#include <cerrno>
#include <utility>

namespace gpiofs::usb {

std::string interface_name(unsigned number) {
    return fmt::format("interface {}", static_cast<char>('A' + number));
}

DeviceHandle::DeviceHandle(std::shared_ptr<Context> context, Device device, std::string name)
    : context_(std::move(context)), device_(std::move(device)), name_(std::move(name)) {
    open();
    try {
        configure();
    } catch (...) {
        libusb_close(handle_);
        throw;
    }
}

void DeviceHandle::open() {
    const AddedFile added;
    const int result = libusb_open(device_.get(), &handle_);
    if (result == LIBUSB_ERROR_ACCESS) {
        throw_errno(EACCES, fmt::format("no permission for {}: install the udev rules or run as "
                                        "root",
                                        name_));
    }
    check(result, fmt::format("cannot open {}", name_));
    file_ = added.get();
}

DeviceHandle::~DeviceHandle() { libusb_close(handle_); }

void DeviceHandle::configure() {
    int value = 0;
    check(libusb_get_configuration(handle_, &value),
          fmt::format("cannot read the configuration of {}", name_));
    if (value == 0) {
        check(
            libusb_set_configuration(handle_, configuration_of(device_.get())->bConfigurationValue),
            fmt::format("cannot configure {}", name_));
    }
}

bool DeviceHandle::driver_is_active(unsigned number) noexcept {
    return libusb_kernel_driver_active(handle_, static_cast<int>(number)) == 1;
}

void DeviceHandle::reserve(unsigned number) {
    const std::lock_guard lock(mutex_);
    if (!reserved_.insert(number).second) {
        throw_errno(EBUSY, fmt::format("{} {} is open already", name_, interface_name(number)));
    }
}

void DeviceHandle::cancel_reservation(unsigned number) noexcept {
    const std::lock_guard lock(mutex_);
    reserved_.erase(number);
}

bool DeviceHandle::is_bound(unsigned number) const noexcept {
    return usbfs::is_bound(file_, number);
}

std::error_code DeviceHandle::claim(unsigned number) const noexcept {
    return usbfs::claim(file_, number);
}

std::error_code DeviceHandle::detach_and_claim(unsigned number) const noexcept {
    return usbfs::detach_and_claim(file_, number);
}

void DeviceHandle::release(unsigned number, bool attach) noexcept {
    const auto error = usbfs::release(file_, number);
    cancel_reservation(number);
    if (error || !attach) {
        return;
    }
    const int attached = libusb_attach_kernel_driver(handle_, static_cast<int>(number));
    if (attached < 0 && attached != LIBUSB_ERROR_NO_DEVICE) {
        log::warning(fmt::format("cannot give {} {} back to its driver: {}", name_,
                                 interface_name(number), libusb_error_name(attached)));
    }
}

}  // namespace gpiofs::usb
