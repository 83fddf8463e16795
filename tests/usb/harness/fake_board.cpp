// SPDX-License-Identifier: MIT
#include "usb/harness/fake_board.h"

#include <fmt/format.h>

#include <span>
#include <utility>

namespace gpiofs::tests {

namespace {

/// Of the configuration descriptor: USB 2.0 table 9-10.
constexpr std::size_t interface_count_at = 4;

sim::BoardConfig config_of(const FakeBoardOptions& options) {
    sim::BoardConfig config;
    config.chip = options.chip;
    config.usb = options.usb;
    config.serial = options.serial.value_or("");
    return config;
}

/// As testbeds want the text of an attribute: what is not a plain character as \\ooo.
std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = byte >= 0x20 && byte < 0x7f && byte != '\\';
        result += plain ? std::string(1, c) : fmt::format("\\{:03o}", byte);
    }
    return result;
}

std::string hex(std::span<const std::uint8_t> bytes) {
    std::string text;
    for (const auto byte : bytes) {
        text += fmt::format("{:02X}", byte);
    }
    return text;
}

}  // namespace

FakeBoard::FakeBoard(Testbed& testbed, FakeBoardOptions options)
    : testbed_(testbed),
      options_(std::move(options)),
      chip_(config_of(options_), "", clock_),
      device_("/devices/usb1/" + options_.port),
      configuration_(options_.configuration.empty() ? chip_.configuration_descriptor()
                                                    : options_.configuration) {
    chip_.set_plugged(false);
    plug();
}

void FakeBoard::plug() {
    const unsigned address = testbed_.next_address();
    const std::string node = fmt::format("/dev/bus/usb/001/{:03}", address);
    chip_.set_plugged(true);
    // The interfaces have to be there before drivers can bind to them, and the node has to answer
    // before the device is announced.
    const auto folder = testbed_.root() / ("sys" + device_);
    const std::vector<std::string> drivers(configuration_[interface_count_at], options_.driver);
    for (std::size_t number = 0; number < drivers.size(); ++number) {
        testbed_.add(
            fmt::format("P: {}/{}\n"
                        "E: SUBSYSTEM=usb\n"
                        "E: DEVTYPE=usb_interface\n",
                        device_, interface_folder(number)));
    }
    attachments_.push_back(
        std::make_unique<Usbfs>(testbed_, node, chip_, Interfaces(folder, drivers)));
    testbed_.add(description(node, address));
}

void FakeBoard::unplug() {
    if (!chip_.set_plugged(false)) {
        return;
    }
    usbfs().disconnect();
    // Removing alone tells nobody.
    testbed_.announce(device_, "remove");
    for (std::size_t number = 0; number < configuration_[interface_count_at]; ++number) {
        testbed_.remove(device_ + "/" + interface_folder(number));
    }
    testbed_.remove(device_);
}

std::string FakeBoard::interface_folder(std::size_t number) const {
    return fmt::format("{}:1.{}", options_.port, number);
}

std::string FakeBoard::description(const std::string& node, unsigned address) const {
    std::vector<std::uint8_t> descriptors = chip_.device_descriptor();
    descriptors.insert(descriptors.end(), configuration_.begin(), configuration_.end());
    std::string text = fmt::format(
        "P: {}\n"
        "E: SUBSYSTEM=usb\n"
        "E: DEVTYPE=usb_device\n"
        "E: DEVNAME={}\n"
        "E: BUSNUM=001\n"
        "E: DEVNUM={:03}\n"
        "A: busnum=1\\n\n"
        "A: devnum={}\\n\n"
        "A: speed={}\\n\n"
        "A: bConfigurationValue={}\n"
        "A: idVendor={:04x}\\n\n"
        "A: idProduct={:04x}\\n\n",
        device_, node, address, address, chip_.high_speed() ? 480 : 12,
        options_.configured ? "1\\n" : "", chip_.vendor(), chip_.product());
    if (options_.serial) {
        text += fmt::format("A: serial={}\\n\n", escaped(*options_.serial));
    }
    return text + fmt::format("H: descriptors={}\n", hex(descriptors));
}

}  // namespace gpiofs::tests
