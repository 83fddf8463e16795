// SPDX-License-Identifier: MIT
// Endpoint 0 of the chip: FTDI's vendor requests and the standard requests of USB.
#include "sim/chip.h"

#include <algorithm>
#include <array>

namespace gpiofs::sim {
namespace {

// bmRequestType, USB 2.0 table 9-2.
constexpr unsigned type_mask = 0x60;
constexpr unsigned type_standard = 0x00;
constexpr unsigned type_vendor = 0x40;
constexpr unsigned recipient_mask = 0x1f;
constexpr unsigned recipient_endpoint = 2;

/// FTDI's requests, as in libftdi's ftdi.h and Linux's ftdi_sio.h.
enum Vendor : std::uint8_t {
    vendor_reset = 0x00,
    vendor_modem_control = 0x01,
    vendor_flow_control = 0x02,
    vendor_baud_rate = 0x03,
    vendor_data_format = 0x04,
    vendor_poll_status = 0x05,
    vendor_event_character = 0x06,
    vendor_error_character = 0x07,
    vendor_set_latency = 0x09,
    vendor_get_latency = 0x0a,
    vendor_set_bit_mode = 0x0b,
    vendor_read_pins = 0x0c,
    vendor_read_eeprom = 0x90,
    vendor_write_eeprom = 0x91,
    vendor_erase_eeprom = 0x92,
};

/// wValue of vendor_reset.
constexpr unsigned reset_engine = 0;
constexpr unsigned reset_commands = 1;
constexpr unsigned reset_replies = 2;
constexpr unsigned event_character_on = 0x100;

/// Standard requests, USB 2.0 table 9-4.
enum Standard : std::uint8_t {
    get_status = 0,
    clear_feature = 1,
    set_feature = 3,
    set_address = 5,
    get_descriptor = 6,
    get_configuration = 8,
    set_configuration = 9,
    get_interface = 10,
    set_interface = 11,
};
constexpr unsigned feature_endpoint_halt = 0;

std::size_t answer(std::span<const std::uint8_t> bytes, const SetupPacket& setup,
                   std::span<std::uint8_t> data) noexcept {
    const std::size_t count = std::min({bytes.size(), data.size(), std::size_t{setup.length}});
    std::copy_n(bytes.begin(), count, data.begin());
    return count;
}

}  // namespace

ControlResult Chip::control(const SetupPacket& setup, std::span<std::uint8_t> data, TimePoint now) {
    const unsigned type = setup.request_type & type_mask;
    constexpr ControlResult refused{UsbStatus::stall, 0};
    if (setup.reads()) {
        std::optional<std::size_t> count;
        if (type == type_vendor) {
            count = vendor_in(setup, data, now);
        } else if (type == type_standard) {
            count = standard_in(setup, data);
        }
        return count ? ControlResult{UsbStatus::complete, *count} : refused;
    }
    const bool done = (type == type_vendor && vendor_out(setup, now)) ||
                      (type == type_standard && standard_out(setup));
    return done ? ControlResult{UsbStatus::complete, setup.length} : refused;
}

std::optional<unsigned> Chip::interface_of(const SetupPacket& setup) const noexcept {
    // Interface number plus one; 0 is taken as A.
    const unsigned low = setup.index & 0xffU;
    const unsigned number = low == 0 ? 0 : low - 1;
    return number < channels_.size() ? std::optional(number) : std::nullopt;
}

bool Chip::vendor_out(const SetupPacket& setup, TimePoint now) {
    if (setup.request == vendor_write_eeprom || setup.request == vendor_erase_eeprom) {
        return true;  // no EEPROM is fitted: nothing is kept
    }
    const auto interface = interface_of(setup);
    if (!interface) {
        return false;
    }
    Channel& channel = *channels_[*interface];
    switch (setup.request) {
        case vendor_reset:
            if (setup.value > reset_replies) {
                return false;
            }
            if (setup.value == reset_engine) {
                channel.set_event_character(std::nullopt);
            }
            if (setup.value != reset_replies) {
                channel.purge_commands();
            }
            if (setup.value != reset_commands) {
                channel.purge_replies(now);
            }
            return true;
        case vendor_modem_control:
        case vendor_flow_control:
        case vendor_baud_rate:
        case vendor_data_format:
        case vendor_error_character:
            return true;
        case vendor_event_character:
            channel.set_event_character((setup.value & event_character_on) != 0
                                            ? std::optional(static_cast<std::uint8_t>(setup.value))
                                            : std::nullopt);
            return true;
        case vendor_set_latency:
            channel.set_latency(static_cast<std::uint8_t>(setup.value));
            return true;
        case vendor_set_bit_mode:
            channel.set_bit_mode(static_cast<std::uint8_t>(setup.value >> 8U), now);
            pins_changed(now);
            return true;
        default:
            return false;
    }
}

std::optional<std::size_t> Chip::vendor_in(const SetupPacket& setup, std::span<std::uint8_t> data,
                                           TimePoint now) {
    if (setup.request == vendor_read_eeprom) {
        constexpr std::array<std::uint8_t, 2> blank = {0xff, 0xff};
        return answer(blank, setup, data);
    }
    const auto interface = interface_of(setup);
    if (!interface) {
        return std::nullopt;
    }
    const Channel& channel = *channels_[*interface];
    if (setup.request == vendor_poll_status) {
        return answer(channel.status(), setup, data);
    }
    if (setup.request == vendor_get_latency) {
        const std::array<std::uint8_t, 1> latency = {imitation_ ? power_up_latency_ms
                                                                : channel.latency()};
        return answer(latency, setup, data);
    }
    if (setup.request == vendor_read_pins) {
        const std::array<std::uint8_t, 1> low = {
            static_cast<std::uint8_t>(pins_.levels(*interface, now))};
        return answer(low, setup, data);
    }
    return std::nullopt;
}

bool Chip::set_halt(const SetupPacket& setup, bool halted) {
    const auto endpoint = static_cast<std::uint8_t>(setup.index);
    const bool halt = (setup.request_type & recipient_mask) == recipient_endpoint &&
                      setup.value == feature_endpoint_halt;
    Channel* channel = channel_of(endpoint);
    if (!halt || channel == nullptr) {
        // Endpoint 0, and remote wake-up of the device: taken, and of no effect.
        return (setup.index & 0x7fU) == 0;
    }
    channel->halted((endpoint & 0x80U) != 0) = halted;
    return true;
}

bool Chip::standard_out(const SetupPacket& setup) {
    switch (setup.request) {
        case clear_feature:
        case set_feature:
            return set_halt(setup, setup.request == set_feature);
        case set_address:
            return true;
        case set_configuration:
            if (setup.value > 1) {
                return false;
            }
            configuration_ = static_cast<std::uint8_t>(setup.value);
            for (const auto& channel : channels_) {
                channel->halted(true) = channel->halted(false) = false;
            }
            return true;
        case set_interface:
            return setup.value == 0 && setup.index < channels_.size();
        default:
            return false;
    }
}

std::optional<std::size_t> Chip::standard_in(const SetupPacket& setup,
                                             std::span<std::uint8_t> data) {
    switch (setup.request) {
        case get_descriptor: {
            const auto found =
                find_descriptor(identity_, static_cast<std::uint8_t>(setup.value >> 8U),
                                static_cast<std::uint8_t>(setup.value));
            return found ? std::optional(answer(*found, setup, data)) : std::nullopt;
        }
        case get_status: {
            std::array<std::uint8_t, 2> status = {0, 0};
            if ((setup.request_type & recipient_mask) == recipient_endpoint) {
                const auto endpoint = static_cast<std::uint8_t>(setup.index);
                Channel* channel = channel_of(endpoint);
                if (channel == nullptr && (endpoint & 0x7fU) != 0) {
                    return std::nullopt;
                }
                status[0] = channel != nullptr && channel->halted((endpoint & 0x80U) != 0) ? 1 : 0;
            }
            return answer(status, setup, data);
        }
        case get_configuration: {
            const std::array<std::uint8_t, 1> value = {configuration_};
            return answer(value, setup, data);
        }
        case get_interface: {
            constexpr std::array<std::uint8_t, 1> alternate = {0};
            return setup.index < channels_.size() ? std::optional(answer(alternate, setup, data))
                                                  : std::nullopt;
        }
        default:
            return std::nullopt;
    }
}

}  // namespace gpiofs::sim
