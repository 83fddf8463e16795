// SPDX-License-Identifier: MIT
#pragma once

#include <system_error>

/// What usbfs can tell of a claim and libusb cannot: libusb remembers that it has claimed an
/// interface, and the kernel takes it all the same when it resets or reconfigures the device or a
/// person unbinds it. `file` is the device node that libusb has open. Reentrant.
///
/// Errors are EBUSY, the interface is not this file's, and ENODEV, the device is unplugged. Other
/// reasons why there can be no claim count as EBUSY: they may pass.
namespace gpiofs::usb::usbfs {

/// Whether a driver has interface `number`, be it usbfs itself. Once a claim was made, none means
/// that it was taken away; the kernel would claim the interface anew for the next bulk transfer.
bool is_bound(int file, unsigned number) noexcept;
/// Claims interface `number` unless something else has it. Sends nothing to the device; no error
/// and no effect if the file has it already.
std::error_code claim(int file, unsigned number) noexcept;
/// The same, and takes off whatever kernel driver has it, in one step. A program keeps it.
std::error_code detach_and_claim(int file, unsigned number) noexcept;
/// Gives the interface up. EBUSY if it was not this file's any more.
std::error_code release(int file, unsigned number) noexcept;

}  // namespace gpiofs::usb::usbfs
