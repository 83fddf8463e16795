// SPDX-License-Identifier: MIT
#pragma once

#include "usb/context.h"

#include <libusb.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace gpiofs::usb {

/// A device that came or went.
struct HotplugEvent {
    bool arrived = false;
    std::uint8_t bus = 0;
    std::uint8_t address = 0;
    std::string path;
};

/// Waits for devices to come and go, on a thread and in a libusb context of its own. While nothing
/// happens the thread sleeps but for libusb's own wake-up once a minute.
/// Thread-bound; the handlers are called from its thread.
class HotplugWatch {
  public:
    using Filter = std::function<bool(std::uint16_t vendor, std::uint16_t product)>;
    using Handler = std::function<void(const HotplugEvent&)>;

    /// Calls `handler` for each device that `interesting` likes, never from inside a libusb
    /// callback, so that it may use libusb and block; it must not throw. Calls `settled` after
    /// every batch of events. Throws std::system_error.
    HotplugWatch(Filter interesting, Handler handler, std::function<void()> settled);
    HotplugWatch(const HotplugWatch&) = delete;
    HotplugWatch& operator=(const HotplugWatch&) = delete;
    /// When it returns no handler runs and none will.
    ~HotplugWatch();

  private:
    static int LIBUSB_CALL queue(libusb_context* context, libusb_device* device,
                                 libusb_hotplug_event event, void* watch) noexcept;
    void run() noexcept;

    Context context_;
    Filter interesting_;
    Handler handler_;
    std::function<void()> settled_;
    /// Filled and emptied by the thread alone.
    std::vector<HotplugEvent> queue_;
    std::atomic<bool> stop_ = false;
    std::thread thread_;
};

}  // namespace gpiofs::usb
