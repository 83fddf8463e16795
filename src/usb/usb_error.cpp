// SPDX-License-Identifier: MIT
#include "usb/usb_error.h"

#include "base/error.h"

#include <libusb.h>

#include <cerrno>

namespace gpiofs::usb {

int errno_of(int result) noexcept {
    if (result >= 0) {
        return 0;
    }
    switch (result) {
        case LIBUSB_ERROR_INVALID_PARAM:
            return EINVAL;
        case LIBUSB_ERROR_ACCESS:
            return EACCES;
        case LIBUSB_ERROR_NO_DEVICE:
            return ENODEV;
        case LIBUSB_ERROR_NOT_FOUND:
            return ENOENT;
        case LIBUSB_ERROR_BUSY:
            return EBUSY;
        case LIBUSB_ERROR_TIMEOUT:
            return ETIMEDOUT;
        case LIBUSB_ERROR_PIPE:
            return EPIPE;
        case LIBUSB_ERROR_INTERRUPTED:
            return EINTR;
        case LIBUSB_ERROR_NO_MEM:
            return ENOMEM;
        case LIBUSB_ERROR_NOT_SUPPORTED:
            return EOPNOTSUPP;
        default:
            return EIO;
    }
}

void check(int result, const std::string& what) {
    if (result < 0) {
        throw_errno(errno_of(result), what);
    }
}

}  // namespace gpiofs::usb
