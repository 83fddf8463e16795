// SPDX-License-Identifier: MIT
#pragma once

#include "usb/context.h"

#include <libusb.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

/// What libusb knows of devices without opening them. Thread-safe.
namespace gpiofs::usb {

/// A counted reference to a device on the bus; it keeps its context alive.
using Device = std::shared_ptr<libusb_device>;

/// All devices that are plugged in now, root hubs too.
std::vector<Device> list_devices(const std::shared_ptr<Context>& context);

/// Where a device is plugged in: the bus number, then the port of each hub on the way.
/// A root hub has no port.
std::vector<std::uint8_t> location_of(libusb_device* device);

libusb_device_descriptor descriptor_of(libusb_device* device) noexcept;

using Configuration =
    std::unique_ptr<libusb_config_descriptor, decltype(&libusb_free_config_descriptor)>;

/// The active configuration, or the first one of a device that has not been configured.
/// Throws std::system_error if the descriptor cannot be parsed.
Configuration configuration_of(libusb_device* device);

/// The two bulk pipes of an interface.
struct Endpoints {
    std::uint8_t in = 0;
    std::uint8_t out = 0;
    /// wMaxPacketSize of the IN endpoint.
    std::size_t packet_size = 0;
};

/// The pipes of interface `number`. Throws std::system_error: ENXIO no such interface, EPROTO it is
/// of another class than an FTDI chip's, has other endpoints than one bulk IN and one bulk OUT, or
/// packets of neither 64 nor 512 bytes.
/// A wMaxPacketSize of 0, which some chips in the field have in their EEPROM, counts as 64.
/// `what` starts error messages: "1-1 (0403:6014) interface A".
Endpoints endpoints_of(const libusb_config_descriptor& configuration, unsigned number,
                       const std::string& what);

}  // namespace gpiofs::usb
