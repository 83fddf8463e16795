// SPDX-License-Identifier: MIT
#include "usb/device.h"

#include "base/error.h"
#include "usb/usb_error.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <span>

namespace gpiofs::usb {

namespace {

/// USB 2.0 section 4.1.1: at most seven tiers, of which five are hubs between root and device.
constexpr int most_ports = 7;
/// USB 2.0 section 9.6.6: the upper bits of wMaxPacketSize are not part of the size.
constexpr std::uint16_t packet_size_bits = 0x07ff;

std::size_t packet_size_of(const libusb_endpoint_descriptor& endpoint) noexcept {
    const std::size_t size = endpoint.wMaxPacketSize & packet_size_bits;
    return size == 0 ? 64 : size;
}

bool is_bulk(const libusb_endpoint_descriptor& endpoint) noexcept {
    return (endpoint.bmAttributes & LIBUSB_TRANSFER_TYPE_MASK) == LIBUSB_TRANSFER_TYPE_BULK;
}

/// Whether the address is one that a bulk endpoint can have: a number but 0, a direction, and
/// nothing in the reserved bits (USB 2.0 section 9.6.6).
bool is_addressable(const libusb_endpoint_descriptor& endpoint) noexcept {
    const unsigned number = endpoint.bEndpointAddress & LIBUSB_ENDPOINT_ADDRESS_MASK;
    return number != 0 && (endpoint.bEndpointAddress & ~LIBUSB_ENDPOINT_IN) == number;
}

/// libusb leaves them out where the descriptor ends before they come, and still tells their number.
std::span<const libusb_endpoint_descriptor> endpoints_in(
    const libusb_interface_descriptor& interface) noexcept {
    const std::size_t there = interface.endpoint == nullptr ? 0U : interface.bNumEndpoints;
    return {interface.endpoint, there};
}

const libusb_interface_descriptor* find_interface(const libusb_config_descriptor& configuration,
                                                  unsigned number) {
    for (const libusb_interface& interface :
         std::span(configuration.interface, configuration.bNumInterfaces)) {
        if (interface.num_altsetting > 0 && interface.altsetting->bInterfaceNumber == number) {
            return interface.altsetting;
        }
    }
    return nullptr;
}

}  // namespace

std::vector<Device> list_devices(const std::shared_ptr<Context>& context) {
    libusb_device** list = nullptr;
    const auto count = libusb_get_device_list(context->get(), &list);
    check(static_cast<int>(count), "cannot list USB devices");
    const std::unique_ptr<libusb_device*, void (*)(libusb_device**)> owner(
        list, [](libusb_device** devices) { libusb_free_device_list(devices, 1); });
    std::vector<Device> devices;
    devices.reserve(static_cast<std::size_t>(count));
    for (libusb_device* device : std::span(list, static_cast<std::size_t>(count))) {
        devices.emplace_back(libusb_ref_device(device),
                             [context](libusb_device* last) { libusb_unref_device(last); });
    }
    return devices;
}

std::vector<std::uint8_t> location_of(libusb_device* device) {
    std::array<std::uint8_t, most_ports> ports{};
    const int count = libusb_get_port_numbers(device, ports.data(), most_ports);
    std::vector<std::uint8_t> location;
    location.reserve(1 + most_ports);
    location.push_back(libusb_get_bus_number(device));
    location.insert(location.end(), ports.begin(), ports.begin() + (count > 0 ? count : 0));
    return location;
}

libusb_device_descriptor descriptor_of(libusb_device* device) noexcept {
    libusb_device_descriptor descriptor{};
    libusb_get_device_descriptor(device, &descriptor);
    return descriptor;
}

Configuration configuration_of(libusb_device* device) {
    libusb_config_descriptor* configuration = nullptr;
    int result = libusb_get_active_config_descriptor(device, &configuration);
    if (result == LIBUSB_ERROR_NOT_FOUND) {
        result = libusb_get_config_descriptor(device, 0, &configuration);
    }
    check(result, "unusable configuration descriptor");
    return {configuration, &libusb_free_config_descriptor};
}

Endpoints endpoints_of(const libusb_config_descriptor& configuration, unsigned number,
                       const std::string& what) {
    const libusb_interface_descriptor* interface = find_interface(configuration, number);
    if (interface == nullptr) {
        throw_errno(ENXIO, fmt::format("{}: the board has no such interface", what));
    }
    const auto endpoints = endpoints_in(*interface);
    Endpoints found;
    bool bulk_pair =
        interface->bInterfaceClass == LIBUSB_CLASS_VENDOR_SPEC && endpoints.size() == 2;
    for (const auto& endpoint : endpoints) {
        bulk_pair = bulk_pair && is_bulk(endpoint) && is_addressable(endpoint);
        if ((endpoint.bEndpointAddress & LIBUSB_ENDPOINT_IN) != 0) {
            found.in = endpoint.bEndpointAddress;
            found.packet_size = packet_size_of(endpoint);
        } else {
            found.out = endpoint.bEndpointAddress;
        }
    }
    if (!bulk_pair || found.in == 0 || found.out == 0) {
        throw_errno(EPROTO,
                    fmt::format("{} is not one of an FTDI chip, which has one bulk endpoint "
                                "each way and no other: choose another board",
                                what));
    }
    if (found.packet_size != 64 && found.packet_size != 512) {
        throw_errno(EPROTO,
                    fmt::format("{} has packets of {} bytes, not 64 or 512 as an FTDI chip: "
                                "choose another board",
                                what, found.packet_size));
    }
    return found;
}

}  // namespace gpiofs::usb
