// SPDX-License-Identifier: MIT
#include "usb/transfer_result.h"

#include "base/error.h"

#include <algorithm>
#include <cerrno>
#include <chrono>

namespace gpiofs::usb {

std::error_code error_of(libusb_transfer_status status) noexcept {
    switch (status) {
        case LIBUSB_TRANSFER_COMPLETED:
            return {};
        case LIBUSB_TRANSFER_TIMED_OUT:
            return errno_code(ETIMEDOUT);
        case LIBUSB_TRANSFER_CANCELLED:
            return errno_code(ECANCELED);
        case LIBUSB_TRANSFER_STALL:
            return errno_code(EPIPE);
        case LIBUSB_TRANSFER_NO_DEVICE:
            return errno_code(ENODEV);
        default:
            return errno_code(EIO);
    }
}

timeval time_left(TimePoint now, TimePoint until) noexcept {
    using namespace std::chrono;
    const auto left = until == TimePoint::max()
                          ? microseconds(1min)
                          : std::clamp(ceil<microseconds>(until - now), 0us, microseconds(1min));
    timeval time{};
    time.tv_sec = static_cast<time_t>(left / 1s);
    time.tv_usec = static_cast<suseconds_t>((left % 1s).count());
    return time;
}

}  // namespace gpiofs::usb
