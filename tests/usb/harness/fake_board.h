// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "sim/virtual_board.h"
#include "usb/harness/testbed.h"
#include "usb/harness/usbfs.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gpiofs::tests {

struct FakeBoardOptions {
    std::string chip = "FT2232H";
    sim::UsbSpeed usb = sim::UsbSpeed::instant;
    std::string port = "1-1";
    std::optional<std::string> serial = "FAKE1";
    /// The kernel driver that binds to every interface; empty for none.
    std::string driver = "ftdi_sio";
    /// Replaces the chip's configuration descriptor, if not empty.
    std::vector<std::uint8_t> configuration{};
    /// Whether the kernel has chosen the configuration.
    bool configured = true;
};

/// A virtual board in the testbed's sysfs, behind a usbfs node: to libusb it is a real one.
/// Thread-bound, but plugging may be done from any one thread.
class FakeBoard {
  public:
    /// Plugged in.
    explicit FakeBoard(Testbed& testbed, FakeBoardOptions options = {});
    FakeBoard(const FakeBoard&) = delete;
    FakeBoard& operator=(const FakeBoard&) = delete;

    /// At a new address each time; returns when udev has been told.
    void plug();
    void unplug();

    sim::VirtualBoard& chip() noexcept { return chip_; }
    /// The kernel's side of the attachment that lasts now, or was the last.
    Usbfs& usbfs() noexcept { return *attachments_.back(); }

  private:
    std::string interface_folder(std::size_t number) const;
    std::string description(const std::string& node, unsigned address) const;

    Testbed& testbed_;
    FakeBoardOptions options_;
    SystemClock clock_;
    sim::VirtualBoard chip_;
    std::string device_;
    std::vector<std::uint8_t> configuration_;
    /// Past ones too: a program may still have their nodes open.
    std::vector<std::unique_ptr<Usbfs>> attachments_;
};

}  // namespace gpiofs::tests
