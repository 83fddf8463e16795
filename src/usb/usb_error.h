// SPDX-License-Identifier: MIT
#pragma once

#include <string>

/// libusb's result numbers as errnos. Reentrant.
namespace gpiofs::usb {

/// The errno of a libusb_error; 0 for success and for counts.
int errno_of(int result) noexcept;

/// Throws std::system_error with that errno if `result` is an error.
void check(int result, const std::string& what);

}  // namespace gpiofs::usb
