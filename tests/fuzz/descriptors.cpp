// SPDX-License-Identifier: MIT
// What is made of a configuration that libusb has parsed: interfaces that are missing, out of order
// or of another class, endpoints of any number, address, type and size.
#include "fuzz/input.h"
#include "usb/device.h"

#include <libusb.h>
#include <system_error>

#include <list>
#include <vector>

using namespace gpiofs;
using test::require;

namespace {

/// A configuration as libusb makes them, with the memory it points to.
class Configuration {
  public:
    explicit Configuration(test::Input& input) {
        // Those that the descriptor promised and did not have are there, without a setting.
        const std::size_t count = input.byte() % 8;
        for (std::size_t i = 0; i < count; ++i) {
            interfaces_.push_back(interface(input));
        }
        configuration_.bNumInterfaces = static_cast<std::uint8_t>(interfaces_.size());
        configuration_.interface = interfaces_.data();
    }

    const libusb_config_descriptor& get() const noexcept { return configuration_; }

  private:
    libusb_interface interface(test::Input& input) {
        const std::size_t settings = input.byte() % 3;
        auto& alternatives = settings_.emplace_back();
        for (std::size_t i = 0; i < settings; ++i) {
            alternatives.push_back(setting(input));
        }
        return {alternatives.data(), static_cast<int>(settings)};
    }

    libusb_interface_descriptor setting(test::Input& input) {
        libusb_interface_descriptor setting{};
        setting.bInterfaceNumber = input.byte();
        setting.bInterfaceClass = input.byte();
        const std::size_t count = input.byte() % 33;  // libusb takes no more than 32
        auto& endpoints = endpoints_.emplace_back();
        for (std::size_t i = 0; i < count; ++i) {
            libusb_endpoint_descriptor endpoint{};
            endpoint.bEndpointAddress = input.byte();
            endpoint.bmAttributes = input.byte();
            const unsigned low = input.byte();
            endpoint.wMaxPacketSize =
                static_cast<std::uint16_t>(low | static_cast<unsigned>(input.byte()) << 8U);
            endpoints.push_back(endpoint);
        }
        setting.bNumEndpoints = static_cast<std::uint8_t>(endpoints.size());
        // Where the descriptor was cut short there are none, whatever it promised.
        const bool cut = input.byte() % 8 == 7;
        setting.endpoint = endpoints.empty() || cut ? nullptr : endpoints.data();
        return setting;
    }

    std::list<std::vector<libusb_endpoint_descriptor>> endpoints_;
    std::list<std::vector<libusb_interface_descriptor>> settings_;
    std::vector<libusb_interface> interfaces_;
    libusb_config_descriptor configuration_{};
};

/// Whether the configuration has this endpoint, in this interface, and it moves bulk data.
bool has_bulk(const libusb_config_descriptor& configuration, unsigned number,
              std::uint8_t address) {
    for (const auto& interface : std::span(configuration.interface, configuration.bNumInterfaces)) {
        if (interface.num_altsetting == 0 || interface.altsetting->bInterfaceNumber != number) {
            continue;
        }
        require(interface.altsetting->endpoint != nullptr);
        for (const auto& endpoint :
             std::span(interface.altsetting->endpoint, interface.altsetting->bNumEndpoints)) {
            if (endpoint.bEndpointAddress == address && (endpoint.bmAttributes & 3U) == 2) {
                return interface.altsetting->bInterfaceClass == 0xff;
            }
        }
    }
    return false;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    test::Input input(data, size);
    const Configuration configuration(input);
    for (unsigned number = 0; number < 4; ++number) {
        try {
            const auto found = usb::endpoints_of(configuration.get(), number, "board");
            require(found.packet_size == 64 || found.packet_size == 512);
            require(found.in >= 0x81 && found.in <= 0x8f);
            require(found.out >= 0x01 && found.out <= 0x0f);
            require(has_bulk(configuration.get(), number, found.in));
            require(has_bulk(configuration.get(), number, found.out));
        } catch (const std::system_error& error) {
            require(error.code().value() == ENXIO || error.code().value() == EPROTO);
            require(std::string_view(error.what()).starts_with("board"));
        }
    }
    return 0;
}
