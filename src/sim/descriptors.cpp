// SPDX-License-Identifier: MIT
#include "sim/descriptors.h"

#include <algorithm>
#include <string_view>

namespace gpiofs::sim {
namespace {

// Descriptor types, USB 2.0 table 9-5.
constexpr std::uint8_t type_device = 1;
constexpr std::uint8_t type_configuration = 2;
constexpr std::uint8_t type_string = 3;
constexpr std::uint8_t type_interface = 4;
constexpr std::uint8_t type_endpoint = 5;
constexpr std::uint8_t type_device_qualifier = 6;
constexpr std::uint8_t type_other_speed = 7;

constexpr std::uint8_t vendor_class = 0xff;
constexpr std::uint8_t bulk = 0x02;
constexpr std::uint8_t bus_powered = 0x80;
constexpr std::uint8_t max_power = 45;  // units of 2 mA

// String indexes.
constexpr std::uint8_t manufacturer_index = 1;
constexpr std::uint8_t product_index = 2;
constexpr std::uint8_t serial_index = 3;
constexpr std::uint8_t language_english = 0x09;
constexpr std::uint8_t sublanguage_us = 0x04;

using Bytes = std::vector<std::uint8_t>;

void put16(Bytes& bytes, unsigned value) {
    bytes.push_back(static_cast<std::uint8_t>(value));
    bytes.push_back(static_cast<std::uint8_t>(value >> 8U));
}

void put_endpoint(Bytes& bytes, unsigned address, unsigned packet_size) {
    bytes.insert(bytes.end(), {7, type_endpoint, static_cast<std::uint8_t>(address), bulk});
    put16(bytes, packet_size);
    bytes.push_back(0);
}

Bytes configuration(const Identity& identity, std::uint8_t type, unsigned packet_size) {
    Bytes bytes{9, type};
    const unsigned interfaces = identity.chip.interfaces;
    put16(bytes, 9 + interfaces * (9 + 2 * 7));
    bytes.insert(bytes.end(),
                 {static_cast<std::uint8_t>(interfaces), 1, 0, bus_powered, max_power});
    for (unsigned i = 0; i < interfaces; ++i) {
        bytes.insert(bytes.end(), {9, type_interface, static_cast<std::uint8_t>(i), 0, 2,
                                   vendor_class, vendor_class, vendor_class, product_index});
        put_endpoint(bytes, 0x81 + 2 * i, packet_size);
        put_endpoint(bytes, 0x02 + 2 * i, packet_size);
    }
    return bytes;
}

Bytes device_qualifier(const Identity& identity) {
    const Bytes device = device_descriptor(identity);
    Bytes bytes(10);
    bytes[0] = 10;
    bytes[1] = type_device_qualifier;
    std::copy_n(device.begin() + 2, 6, bytes.begin() + 2);
    bytes[8] = 1;
    return bytes;
}

Bytes text_descriptor(std::string_view text) {
    Bytes bytes{static_cast<std::uint8_t>(2 + 2 * text.size()), type_string};
    for (const char c : text) {
        put16(bytes, static_cast<unsigned char>(c));
    }
    return bytes;
}

std::optional<Bytes> find_string(const Identity& identity, std::uint8_t index) {
    switch (index) {
        case 0:
            return Bytes{4, type_string, language_english, sublanguage_us};
        case manufacturer_index:
            return text_descriptor("FTDI");
        case product_index:
            return text_descriptor(identity.chip.product_string);
        case serial_index:
            if (!identity.serial.empty()) {
                return text_descriptor(identity.serial);
            }
            break;
        default:
            break;
    }
    return std::nullopt;
}

unsigned packet_size(bool high_speed) { return high_speed ? 512 : 64; }

}  // namespace

Bytes device_descriptor(const Identity& identity) {
    Bytes bytes{18, type_device};
    put16(bytes, identity.chip.high_speed ? 0x0200 : 0x0110);
    const std::uint8_t control_packet = identity.chip.high_speed ? 64 : 8;
    bytes.insert(bytes.end(), {0, 0, 0, control_packet});
    put16(bytes, identity.vendor);
    put16(bytes, identity.product);
    put16(bytes, identity.chip.bcd_device);
    const std::uint8_t serial = identity.serial.empty() ? 0 : serial_index;
    bytes.insert(bytes.end(), {manufacturer_index, product_index, serial, 1});
    return bytes;
}

Bytes configuration_descriptor(const Identity& identity) {
    return configuration(identity, type_configuration, packet_size(identity.high_speed));
}

std::optional<Bytes> find_descriptor(const Identity& identity, std::uint8_t type,
                                     std::uint8_t index) {
    if (type == type_string) {
        return find_string(identity, index);
    }
    if (index != 0) {
        return std::nullopt;
    }
    if (type == type_device) {
        return device_descriptor(identity);
    }
    if (type == type_configuration) {
        return configuration_descriptor(identity);
    }
    if (type == type_device_qualifier && identity.chip.high_speed) {
        return device_qualifier(identity);
    }
    if (type == type_other_speed && identity.chip.high_speed) {
        return configuration(identity, type_other_speed, packet_size(!identity.high_speed));
    }
    return std::nullopt;
}

}  // namespace gpiofs::sim
