// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What the kernel's /sys/bus/usb/devices tells of a board without opening it, so that no
/// permission is needed and nothing is sent to the chip. Reentrant.
namespace gpiofs::usb::sysfs {

/// The serial number of the board at `path` ("1-1.2"), exactly as the kernel decoded it;
/// absent if it has none.
std::optional<std::string> serial(const std::string& path);

/// Where sysfs has an interface.
std::string interface_folder(const std::string& path, unsigned configuration, unsigned interface);

/// The driver bound to an interface: "ftdi_sio", "gpio-mpsse", "usbfs" if a program has claimed it;
/// empty if there is none.
std::string driver(const std::string& path, unsigned configuration, unsigned interface);

struct Address {
    std::uint8_t bus = 0;
    std::uint8_t device = 0;
};

/// The devices that are plugged in, by their path; no root hubs. Empty if sysfs cannot be read.
std::map<std::string, Address> devices();

/// Whether udev is running. libusb hears of arrivals from udev, not from the kernel.
bool udev_is_running() noexcept;

}  // namespace gpiofs::usb::sysfs

namespace gpiofs::usb {

/// How the kernel writes where a board is plugged in: {1, 1, 2}, bus and ports, is "1-1.2".
std::string path_of(const std::vector<std::uint8_t>& location);

/// `text` with everything that is not printable UTF-8 written as \xNN: control characters,
/// malformed sequences, U+FFFE and U+FFFF, which erased EEPROMs are full of, and characters that
/// only break or turn round the text they are in.
std::string printable(std::string_view text);

}  // namespace gpiofs::usb
