// SPDX-License-Identifier: MIT
#include "usb/usb_board_source.h"

#include "base/log.h"
#include "usb/device.h"
#include "usb/hotplug_watch.h"
#include "usb/sysfs.h"
#include "usb/sysfs_watch.h"
#include "usb/usb_board.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <utility>

namespace gpiofs::usb {

namespace {

using Location = std::vector<std::uint8_t>;

/// Nothing for a board whose descriptors cannot be used; one odd device must not hide the others.
std::shared_ptr<transport::Board> make_board(const std::shared_ptr<Context>& context,
                                             const Device& device) {
    try {
        return std::make_shared<UsbBoard>(context, device);
    } catch (const std::exception& error) {
        log::warning(fmt::format("{}: {}", path_of(location_of(device.get())), error.what()));
        return nullptr;
    }
}

}  // namespace

UsbBoardSource::UsbBoardSource(Filter interesting)
    : interesting_(std::move(interesting)), context_(std::make_shared<Context>()) {}

UsbBoardSource::~UsbBoardSource() { UsbBoardSource::stop_watching(); }

std::vector<std::shared_ptr<transport::Board>> UsbBoardSource::boards() {
    std::vector<std::pair<Location, std::shared_ptr<transport::Board>>> found;
    for (const Device& device : list_devices(context_)) {
        const libusb_device_descriptor descriptor = descriptor_of(device.get());
        Location location = location_of(device.get());
        if (location.size() < 2 || !interesting_(descriptor.idVendor, descriptor.idProduct)) {
            continue;
        }
        if (auto board = make_board(context_, device)) {
            found.emplace_back(std::move(location), std::move(board));
        }
    }
    std::sort(found.begin(), found.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<std::shared_ptr<transport::Board>> boards;
    boards.reserve(found.size());
    for (auto& [location, board] : found) {
        boards.push_back(std::move(board));
    }
    return boards;
}

void UsbBoardSource::watch(transport::BoardObserver& observer) {
    const std::lock_guard lock(mutex_);
    watch_.reset();
    if (libusb_has_capability(LIBUSB_CAP_HAS_HOTPLUG) == 0) {
        return;
    }
    watch_ = std::make_unique<HotplugWatch>(
        interesting_,
        [this, &observer](const HotplugEvent& event) { tell(observer, event, context_); },
        [this] { context_->handle_pending_events(); });
}

void UsbBoardSource::watch_by_looking(transport::BoardObserver& observer) {
    const std::lock_guard lock(mutex_);
    looking_.reset();
    SysfsWatch::Devices known;
    for (const Device& device : list_devices(context_)) {
        if (Location location = location_of(device.get()); location.size() > 1) {
            const std::string path = path_of(location);
            known.emplace(path, HotplugEvent{true, libusb_get_bus_number(device.get()),
                                             libusb_get_device_address(device.get()), path});
        }
    }
    looking_ = std::make_unique<SysfsWatch>(
        std::move(known),
        [this, &observer](const HotplugEvent& event) { tell_seen(observer, event); });
}

void UsbBoardSource::tell_seen(transport::BoardObserver& observer,
                               const HotplugEvent& event) noexcept {
    try {
        // Without udev a context knows the devices that were there when it was made.
        tell(observer, event, event.arrived ? std::make_shared<Context>() : nullptr);
    } catch (const std::exception& error) {
        log::error(fmt::format("{}: {}", event.path, error.what()));
    }
}

std::string UsbBoardSource::why_unheard() {
    if (libusb_has_capability(LIBUSB_CAP_HAS_HOTPLUG) == 0) {
        return "this libusb has no hotplug support: boards are looked for each second";
    }
    return sysfs::udev_is_running() ? std::string()
                                    : "udev is not running: boards are looked for each second";
}

void UsbBoardSource::stop_watching() noexcept {
    const std::lock_guard lock(mutex_);
    watch_.reset();
    looking_.reset();
}

void UsbBoardSource::tell(transport::BoardObserver& observer, const HotplugEvent& event,
                          const std::shared_ptr<Context>& context) noexcept {
    try {
        if (!event.arrived) {
            observer.board_left(event.path);
            return;
        }
        // The device the watch has heard of belongs to another context.
        for (const Device& device : list_devices(context)) {
            if (libusb_get_bus_number(device.get()) != event.bus ||
                libusb_get_device_address(device.get()) != event.address) {
                continue;
            }
            const libusb_device_descriptor descriptor = descriptor_of(device.get());
            if (!interesting_(descriptor.idVendor, descriptor.idProduct)) {
                continue;
            }
            if (const auto board = make_board(context, device)) {
                observer.board_arrived(board);
            }
        }
    } catch (const std::exception& error) {
        log::error(fmt::format("{}: {}", event.path, error.what()));
    }
}

}  // namespace gpiofs::usb
