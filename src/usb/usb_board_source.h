// SPDX-License-Identifier: MIT
#pragma once

#include "transport/board.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

namespace gpiofs::usb {

class Context;
class HotplugWatch;
class SysfsWatch;
struct HotplugEvent;

/// The boards on the machine's USB, through libusb. Thread-safe, but stop_watching() must not be
/// called by the observer from inside a call.
///
/// Listing opens nothing and sends nothing: descriptors and the serial number come from sysfs.
/// An arriving board is announced when udev has; should its device node not be accessible yet,
/// Board::open() says EACCES and is worth another try a little later.
///
/// libusb hears of arrivals and departures from udev. Where no udevd runs (containers) watch()
/// announces nothing, and watch_by_looking() is there to be called as well.
///
/// To miss no board, call watch() before boards(); one that comes in between is then told twice.
/// Does not survive fork(): make it in the process that uses it.
class UsbBoardSource final : public transport::BoardSource {
  public:
    /// Which USB IDs are boards at all; others are never looked at. Called from any thread.
    using Filter = std::function<bool(std::uint16_t vendor, std::uint16_t product)>;

    /// Throws std::system_error if libusb does not start.
    explicit UsbBoardSource(Filter interesting);
    UsbBoardSource(const UsbBoardSource&) = delete;
    UsbBoardSource& operator=(const UsbBoardSource&) = delete;
    ~UsbBoardSource() override;

    std::vector<std::shared_ptr<transport::Board>> boards() override;
    void watch(transport::BoardObserver& observer) override;
    void stop_watching() noexcept override;
    /// Looks each second in sysfs for boards that come and go, until stop_watching().
    void watch_by_looking(transport::BoardObserver& observer);
    /// Why watch() will announce nothing on this machine, as a warning; empty if it will.
    static std::string why_unheard();

  private:
    /// `context` is the one in which the board is to be opened.
    void tell(transport::BoardObserver& observer, const HotplugEvent& event,
              const std::shared_ptr<Context>& context) noexcept;
    void tell_seen(transport::BoardObserver& observer, const HotplugEvent& event) noexcept;

    Filter interesting_;
    /// For transfers. Nobody handles its events but who waits for a transfer of his own.
    std::shared_ptr<Context> context_;
    std::mutex mutex_;
    std::unique_ptr<HotplugWatch> watch_;
    std::unique_ptr<SysfsWatch> looking_;
};

}  // namespace gpiofs::usb
