// SPDX-License-Identifier: MIT
#pragma once

#include "sim/usb_types.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

/// USB/IP 1.1.1 on the wire, as Linux's Documentation/usb/usbip_protocol.rst has it: big endian
/// but for the setup packet. Pure functions, reentrant; nothing a peer sends makes one throw.
namespace gpiofs::usbip {

// First phase: requests.
enum class Request : std::uint8_t { list_devices, import_device };
/// Status in replies; the numbers are the protocol's.
enum class Status : std::uint8_t { ok = 0, not_available = 1, busy = 2, no_device = 4 };

constexpr std::size_t request_size = 8;
constexpr std::size_t bus_id_size = 32;

/// On failure returns nothing and puts what is wrong into `error`.
std::optional<Request> parse_request(std::span<const std::uint8_t, request_size> bytes,
                                     std::string& error);
std::optional<std::string> parse_bus_id(std::span<const std::uint8_t, bus_id_size> bytes,
                                        std::string& error);

/// A device as lists and imports tell of it.
struct DeviceInfo {
    std::string bus_id;  ///< "1-1"; at most 31 bytes.
    std::uint32_t bus = 1;
    std::uint32_t device = 1;
    bool high_speed = true;
    std::uint16_t vendor = 0;
    std::uint16_t product = 0;
    std::uint16_t bcd_device = 0;
    std::uint8_t interfaces = 1;

    /// How URBs name the device.
    std::uint32_t device_id() const noexcept { return bus << 16U | device; }
};

std::vector<std::uint8_t> list_reply(std::span<const DeviceInfo> devices);
/// `device` is told only with Status::ok.
std::vector<std::uint8_t> import_reply(Status status, const DeviceInfo& device);

// Second phase: URBs of the imported device.
constexpr std::size_t command_size = 48;
/// Longest transfer taken: what usbfs allows a process by default.
constexpr std::uint32_t longest_transfer = 16U << 20U;

/// USBIP_CMD_SUBMIT of a control or bulk transfer.
struct Submit {
    std::uint32_t sequence = 0;
    std::uint32_t device_id = 0;
    bool in = false;
    std::uint8_t endpoint = 0;  ///< Without the direction bit.
    bool short_not_ok = false;
    std::uint32_t length = 0;
    sim::SetupPacket setup;  ///< For endpoint 0; length fits and the direction agrees.

    /// Bytes that follow the command.
    std::uint32_t data_size() const noexcept { return in ? 0 : length; }
};

/// USBIP_CMD_UNLINK.
struct Unlink {
    std::uint32_t sequence = 0;
    std::uint32_t device_id = 0;
    std::uint32_t victim = 0;  ///< Sequence number of the Submit to be taken back.
};

using Command = std::variant<Submit, Unlink>;
std::optional<Command> parse_command(std::span<const std::uint8_t, command_size> bytes,
                                     std::string& error);

/// The heads of USBIP_RET_SUBMIT and USBIP_RET_UNLINK; `status` is 0 or a negative errno.
std::array<std::uint8_t, command_size> submit_reply(std::uint32_t sequence, std::int32_t status,
                                                    std::uint32_t length);
std::array<std::uint8_t, command_size> unlink_reply(std::uint32_t sequence, std::int32_t status);

}  // namespace gpiofs::usbip
