// SPDX-License-Identifier: MIT
#include "usb/hotplug_watch.h"

#include "base/log.h"
#include "usb/device.h"
#include "usb/sysfs.h"
#include "usb/usb_error.h"

#include <utility>

namespace gpiofs::usb {

HotplugWatch::HotplugWatch(Filter interesting, Handler handler, std::function<void()> settled)
    : interesting_(std::move(interesting)),
      handler_(std::move(handler)),
      settled_(std::move(settled)) {
    check(
        libusb_hotplug_register_callback(
            context_.get(), LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED | LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT,
            LIBUSB_HOTPLUG_NO_FLAGS, LIBUSB_HOTPLUG_MATCH_ANY, LIBUSB_HOTPLUG_MATCH_ANY,
            LIBUSB_HOTPLUG_MATCH_ANY, &HotplugWatch::queue, this, nullptr),
        "cannot watch for USB devices");
    const SignalsBlocked blocked;
    thread_ = std::thread([this] { run(); });
}

HotplugWatch::~HotplugWatch() {
    stop_ = true;
    libusb_interrupt_event_handler(context_.get());
    thread_.join();
}

int HotplugWatch::queue(libusb_context*, libusb_device* device, libusb_hotplug_event event,
                        void* watch) noexcept {
    auto& self = *static_cast<HotplugWatch*>(watch);
    const libusb_device_descriptor descriptor = descriptor_of(device);
    if (self.interesting_(descriptor.idVendor, descriptor.idProduct)) {
        self.queue_.push_back({event == LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED,
                               libusb_get_bus_number(device), libusb_get_device_address(device),
                               path_of(location_of(device))});
    }
    return 0;
}

void HotplugWatch::run() noexcept {
    while (!stop_) {
        const int result = libusb_handle_events(context_.get());
        if (result < 0 && result != LIBUSB_ERROR_INTERRUPTED) {
            log::error("cannot wait for USB devices any longer: arrivals will not be seen");
            return;
        }
        for (const HotplugEvent& event : std::exchange(queue_, {})) {
            if (!stop_) {
                handler_(event);
            }
        }
        settled_();
    }
}

}  // namespace gpiofs::usb
