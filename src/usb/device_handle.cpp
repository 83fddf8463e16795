#include "usb/device_handle.h"

#include "base/error.h"
#include "base/log.h"
#include "usb/usb_error.h"

#include <fmt/format.h>

#include <cerrno>
#include <utility>

namespace gpiofs::usb {

std::string interface_name(unsigned number) {
    return fmt::format("interface {}", static_cast<char>('A' + number));
}

DeviceHandle::DeviceHandle(std::shared_ptr<Context> context, Device device, std::string name)
    : context_(std::move(context)), device_(std::move(device)), name_(std::move(name)) {
    const int result = libusb_open(device_.get(), &handle_);
    if (result == LIBUSB_ERROR_ACCESS) {
        throw_errno(EACCES, fmt::format("no permission for {}: install the udev rules or run as "
                                        "root",
                                        name_));
    }
    check(result, fmt::format("cannot open {}", name_));
    try {
        configure();
    } catch (...) {
        libusb_close(handle_);
        throw;
    }
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

void DeviceHandle::claim(unsigned number, bool detach) {
    const std::lock_guard lock(mutex_);
    const std::string what = fmt::format("{} {}", name_, interface_name(number));
    if (claimed_.contains(number)) {
        throw_errno(EBUSY, fmt::format("{} is open already", what));
    }
    // libusb's automatic detaching is usbfs's disconnect-and-claim in one step, which leaves no gap
    // for another driver; but it attaches again at release, which is decided later here.
    libusb_set_auto_detach_kernel_driver(handle_, detach ? 1 : 0);
    const int result = libusb_claim_interface(handle_, static_cast<int>(number));
    libusb_set_auto_detach_kernel_driver(handle_, 0);
    check(result, fmt::format("cannot claim {}", what));
    claimed_.insert(number);
}

void DeviceHandle::release(unsigned number, bool attach) noexcept {
    const std::lock_guard lock(mutex_);
    claimed_.erase(number);
    const int released = libusb_release_interface(handle_, static_cast<int>(number));
    if (released == LIBUSB_ERROR_NO_DEVICE || !attach) {
        return;
    }
    const int attached = libusb_attach_kernel_driver(handle_, static_cast<int>(number));
    if (attached < 0 && attached != LIBUSB_ERROR_NO_DEVICE) {
        log::warning(fmt::format("cannot give {} {} back to its driver: {}", name_,
                                 interface_name(number), libusb_error_name(attached)));
    }
}

}  // namespace gpiofs::usb
