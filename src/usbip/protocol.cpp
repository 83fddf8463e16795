// SPDX-License-Identifier: MIT
#include "usbip/protocol.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace gpiofs::usbip {
namespace {

constexpr std::uint16_t version = 0x0111;
constexpr std::uint16_t code_list_request = 0x8005;
constexpr std::uint16_t code_list_reply = 0x0005;
constexpr std::uint16_t code_import_request = 0x8003;
constexpr std::uint16_t code_import_reply = 0x0003;
constexpr std::uint32_t command_submit = 1;
constexpr std::uint32_t command_unlink = 2;
constexpr std::uint32_t reply_submit = 3;
constexpr std::uint32_t reply_unlink = 4;

constexpr std::size_t path_size = 256;
/// enum usb_device_speed of the kernel.
constexpr std::uint32_t speed_full = 2;
constexpr std::uint32_t speed_high = 3;
constexpr std::uint8_t vendor_class = 0xff;

/// Transfer flag URB_SHORT_NOT_OK of the kernel.
constexpr std::uint32_t flag_short_not_ok = 1;
constexpr std::uint32_t highest_endpoint = 15;
/// Says that a transfer is not isochronous; Linux sends 0.
constexpr std::uint32_t no_packets = 0xffffffff;

std::uint32_t get16(std::span<const std::uint8_t> bytes, std::size_t at) {
    return static_cast<std::uint32_t>(bytes[at]) << 8U | bytes[at + 1];
}
std::uint32_t get32(std::span<const std::uint8_t> bytes, std::size_t at) {
    return get16(bytes, at) << 16U | get16(bytes, at + 2);
}
std::uint16_t get_little16(std::span<const std::uint8_t> bytes, std::size_t at) {
    return static_cast<std::uint16_t>(bytes[at] | bytes[at + 1] << 8);
}
void put32(std::span<std::uint8_t> bytes, std::size_t at, std::uint32_t value) {
    for (std::size_t i = 0; i < 4; ++i) {
        bytes[at + i] = static_cast<std::uint8_t>(value >> (24 - 8 * i));
    }
}

/// Builds a message from its front to its end.
class Writer {
  public:
    void u8(std::uint8_t value) { bytes_.push_back(value); }
    void u16(std::uint16_t value) {
        u8(static_cast<std::uint8_t>(value >> 8U));
        u8(static_cast<std::uint8_t>(value));
    }
    void u32(std::uint32_t value) {
        u16(static_cast<std::uint16_t>(value >> 16U));
        u16(static_cast<std::uint16_t>(value));
    }
    /// Padded with zeros; at least one.
    void text(std::string_view value, std::size_t size) {
        const std::string_view fitting = value.substr(0, size - 1);
        bytes_.insert(bytes_.end(), fitting.begin(), fitting.end());
        bytes_.insert(bytes_.end(), size - fitting.size(), 0);
    }
    void header(std::uint16_t code, Status status) {
        u16(version);
        u16(code);
        u32(static_cast<std::uint32_t>(status));
    }
    void device(const DeviceInfo& device) {
        text("/sys/devices/mpsse-sim/usb1/" + device.bus_id, path_size);
        text(device.bus_id, bus_id_size);
        u32(device.bus);
        u32(device.device);
        u32(device.high_speed ? speed_high : speed_full);
        u16(device.vendor);
        u16(device.product);
        u16(device.bcd_device);
        // class, subclass, protocol, active configuration, number of configurations
        for (const std::uint8_t value : std::array<std::uint8_t, 5>{0, 0, 0, 1, 1}) {
            u8(value);
        }
        u8(device.interfaces);
    }
    std::vector<std::uint8_t> take() { return std::move(bytes_); }

  private:
    std::vector<std::uint8_t> bytes_;
};

bool parse_setup(std::span<const std::uint8_t> bytes, Submit& submit, std::string& error) {
    submit.setup = {.request_type = bytes[0],
                    .request = bytes[1],
                    .value = get_little16(bytes, 2),
                    .index = get_little16(bytes, 4),
                    .length = get_little16(bytes, 6)};
    if (submit.setup.length > submit.length) {
        error = fmt::format("control transfer of {} bytes has a buffer of {}", submit.setup.length,
                            submit.length);
        return false;
    }
    if (submit.setup.length > 0 && submit.setup.reads() != submit.in) {
        error = "control transfer's direction disagrees with its setup packet";
        return false;
    }
    return true;
}

std::optional<Command> parse_submit(std::span<const std::uint8_t> bytes, std::string& error) {
    const std::uint32_t direction = get32(bytes, 12);
    const std::uint32_t endpoint = get32(bytes, 16);
    const std::uint32_t packets = get32(bytes, 32);
    Submit submit{.sequence = get32(bytes, 4),
                  .device_id = get32(bytes, 8),
                  .in = direction == 1,
                  .endpoint = static_cast<std::uint8_t>(endpoint),
                  .short_not_ok = (get32(bytes, 20) & flag_short_not_ok) != 0,
                  .length = get32(bytes, 24),
                  .setup = {}};
    if (direction > 1) {
        error = fmt::format("direction {}", direction);
    } else if (endpoint > highest_endpoint) {
        error = fmt::format("endpoint {}", endpoint);
    } else if (submit.length > longest_transfer) {
        error = fmt::format("transfer of {} bytes", submit.length);
    } else if (packets != 0 && packets != no_packets) {
        error = "isochronous transfer";
    } else if (endpoint != 0 || parse_setup(bytes.subspan(40, 8), submit, error)) {
        return submit;
    }
    return std::nullopt;
}

}  // namespace

std::optional<Request> parse_request(std::span<const std::uint8_t, request_size> bytes,
                                     std::string& error) {
    if (get16(bytes, 0) != version) {
        error = fmt::format("protocol version {:04x}", get16(bytes, 0));
        return std::nullopt;
    }
    switch (get16(bytes, 2)) {
        case code_list_request:
            return Request::list_devices;
        case code_import_request:
            return Request::import_device;
        default:
            error = fmt::format("request {:04x}", get16(bytes, 2));
            return std::nullopt;
    }
}

std::optional<std::string> parse_bus_id(std::span<const std::uint8_t, bus_id_size> bytes,
                                        std::string& error) {
    const auto end = std::find(bytes.begin(), bytes.end(), 0);
    if (end == bytes.end()) {
        error = "bus id without end";
        return std::nullopt;
    }
    return std::string(bytes.begin(), end);
}

std::vector<std::uint8_t> list_reply(std::span<const DeviceInfo> devices) {
    Writer writer;
    writer.header(code_list_reply, Status::ok);
    writer.u32(static_cast<std::uint32_t>(devices.size()));
    for (const DeviceInfo& device : devices) {
        writer.device(device);
        for (unsigned i = 0; i < device.interfaces; ++i) {
            for (const std::uint8_t value :
                 {vendor_class, vendor_class, vendor_class, std::uint8_t{0}}) {
                writer.u8(value);
            }
        }
    }
    return writer.take();
}

std::vector<std::uint8_t> import_reply(Status status, const DeviceInfo& device) {
    Writer writer;
    writer.header(code_import_reply, status);
    if (status == Status::ok) {
        writer.device(device);
    }
    return writer.take();
}

std::optional<Command> parse_command(std::span<const std::uint8_t, command_size> bytes,
                                     std::string& error) {
    const std::uint32_t command = get32(bytes, 0);
    if (command == command_submit) {
        return parse_submit(bytes, error);
    }
    if (command == command_unlink) {
        return Unlink{
            .sequence = get32(bytes, 4), .device_id = get32(bytes, 8), .victim = get32(bytes, 20)};
    }
    error = fmt::format("command {:08x}", command);
    return std::nullopt;
}

std::array<std::uint8_t, command_size> submit_reply(std::uint32_t sequence, std::int32_t status,
                                                    std::uint32_t length) {
    std::array<std::uint8_t, command_size> bytes{};
    put32(bytes, 0, reply_submit);
    put32(bytes, 4, sequence);
    put32(bytes, 20, static_cast<std::uint32_t>(status));
    put32(bytes, 24, length);
    return bytes;
}

std::array<std::uint8_t, command_size> unlink_reply(std::uint32_t sequence, std::int32_t status) {
    std::array<std::uint8_t, command_size> bytes{};
    put32(bytes, 0, reply_unlink);
    put32(bytes, 4, sequence);
    put32(bytes, 20, static_cast<std::uint32_t>(status));
    return bytes;
}

}  // namespace gpiofs::usbip
