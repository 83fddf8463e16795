// SPDX-License-Identifier: MIT
#include "usb/usbfs.h"

#include "base/error.h"

#include <linux/usbdevice_fs.h>
#include <sys/ioctl.h>

#include <cerrno>
#include <cstdint>
#include <string_view>

namespace gpiofs::usb::usbfs {
namespace {

/// The name under which usbfs itself holds what a program has claimed.
constexpr std::string_view program = "usbfs";

/// usbfs asks for the device before it does anything. A claim alone also ends with ENODEV for an
/// interface that is not authorized (Linux drivers/usb/core/driver.c, usb_driver_claim_interface).
bool is_unplugged(int file) noexcept {
    std::uint32_t capabilities = 0;
    return ::ioctl(file, USBDEVFS_GET_CAPABILITIES, &capabilities) < 0 && errno == ENODEV;
}

std::error_code result_of(int file, int result) noexcept {
    if (result >= 0) {
        return {};
    }
    return errno_code(errno == ENODEV && is_unplugged(file) ? ENODEV : EBUSY);
}

}  // namespace

bool is_bound(int file, unsigned number) noexcept {
    usbdevfs_getdriver request{};
    request.interface = number;
    return ::ioctl(file, USBDEVFS_GETDRIVER, &request) >= 0;
}

std::error_code claim(int file, unsigned number) noexcept {
    return result_of(file, ::ioctl(file, USBDEVFS_CLAIMINTERFACE, &number));
}

std::error_code detach_and_claim(int file, unsigned number) noexcept {
    usbdevfs_disconnect_claim request{};
    request.interface = number;
    request.flags = USBDEVFS_DISCONNECT_CLAIM_EXCEPT_DRIVER;
    program.copy(request.driver, sizeof(request.driver) - 1);
    return result_of(file, ::ioctl(file, USBDEVFS_DISCONNECT_CLAIM, &request));
}

std::error_code release(int file, unsigned number) noexcept {
    return result_of(file, ::ioctl(file, USBDEVFS_RELEASEINTERFACE, &number));
}

}  // namespace gpiofs::usb::usbfs
