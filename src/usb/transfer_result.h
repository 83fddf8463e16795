// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"

#include <libusb.h>
#include <sys/time.h>
#include <system_error>

/// What the two ways of running transfers have in common. Reentrant.
namespace gpiofs::usb {

/// How a transfer that nobody's deadline ended has ended: ECANCELED for a cancelled one, EIO where
/// the device may be gone without the kernel having noticed yet.
std::error_code error_of(libusb_transfer_status status) noexcept;

/// The time left, rounded up so as not to wake before it is over; no more than a minute, because
/// callers look again.
timeval time_left(TimePoint now, TimePoint until) noexcept;

}  // namespace gpiofs::usb
