// SPDX-License-Identifier: MIT
#include "usb/sysfs_watch.h"

#include "base/thread.h"
#include "usb/sysfs.h"

#include <chrono>
#include <utility>

namespace gpiofs::usb {
namespace {

constexpr auto interval = std::chrono::seconds(1);

SysfsWatch::Devices devices_now() {
    SysfsWatch::Devices devices;
    for (auto& [path, address] : sysfs::devices()) {
        devices.emplace(path, HotplugEvent{true, address.bus, address.device, path});
    }
    return devices;
}

}  // namespace

SysfsWatch::SysfsWatch(Devices known, Handler handler)
    : handler_(std::move(handler)),
      present_(std::move(known)),
      thread_(start_thread("usb look", [this] { run(); })) {}

SysfsWatch::~SysfsWatch() {
    {
        const std::lock_guard lock(mutex_);
        stop_ = true;
        changed_.notify_all();
    }
    thread_.join();
}

void SysfsWatch::run() {
    std::unique_lock lock(mutex_);
    while (!changed_.wait_for(lock, interval, [this] { return stop_; })) {
        lock.unlock();
        look();
        lock.lock();
    }
}

void SysfsWatch::look() {
    auto before = std::exchange(present_, devices_now());
    for (auto& [path, was] : before) {
        const auto now = present_.find(path);
        if (now == present_.end() || now->second.address != was.address) {
            was.arrived = false;
            handler_(was);
        }
    }
    for (const auto& [path, now] : present_) {
        const auto was = before.find(path);
        if (was == before.end() || was->second.address != now.address) {
            handler_(now);
        }
    }
}

}  // namespace gpiofs::usb
