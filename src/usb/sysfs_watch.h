// SPDX-License-Identifier: MIT
#pragma once

#include "usb/hotplug_watch.h"

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>

namespace gpiofs::usb {

/// Looks each second which devices sysfs has, where nobody tells: without udevd, as in a container,
/// libusb hears of none. Thread-bound; the handler is called from its thread.
class SysfsWatch {
  public:
    using Handler = std::function<void(const HotplugEvent&)>;

    /// By path.
    using Devices = std::map<std::string, HotplugEvent>;

    /// Calls `handler`, which must not throw, for each device that comes or goes after those that
    /// are `known`; one that was replugged between two looks has gone and come. Throws
    /// std::system_error if there can be no thread.
    SysfsWatch(Devices known, Handler handler);
    SysfsWatch(const SysfsWatch&) = delete;
    SysfsWatch& operator=(const SysfsWatch&) = delete;
    /// When it returns the handler is not running and will not run.
    ~SysfsWatch();

  private:
    void run();
    void look();

    const Handler handler_;
    Devices present_;  ///< after the constructor the thread's alone
    std::mutex mutex_;
    std::condition_variable changed_;
    bool stop_ = false;  ///< guarded by mutex_
    std::thread thread_;
};

}  // namespace gpiofs::usb
