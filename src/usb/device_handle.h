#pragma once

#include "usb/device.h"

#include <memory>
#include <mutex>
#include <set>
#include <string>

namespace gpiofs::usb {

/// A board that is open: one usbfs file, shared by the transports of its interfaces and closed with
/// the last of them. Never resets the device. Thread-safe.
class DeviceHandle {
  public:
    /// `name` starts error messages: "1-1 (0403:6014)". Throws std::system_error: EACCES, ENODEV.
    DeviceHandle(std::shared_ptr<Context> context, Device device, std::string name);
    DeviceHandle(const DeviceHandle&) = delete;
    DeviceHandle& operator=(const DeviceHandle&) = delete;
    ~DeviceHandle();

    libusb_device_handle* get() const noexcept { return handle_; }
    Context& context() const noexcept { return *context_; }
    const std::string& name() const noexcept { return name_; }

    /// Whether a kernel driver, not a program, has the interface.
    bool driver_is_active(unsigned number) noexcept;

    /// Claims interface `number`. With `detach`, whatever kernel driver has it is taken off in the
    /// same step; a program that has it never is. Throws std::system_error: EBUSY, ENODEV.
    void claim(unsigned number, bool detach);
    /// Gives the interface up, and with `attach` lets the kernel bind its driver again.
    void release(unsigned number, bool attach) noexcept;

  private:
    void configure();

    std::shared_ptr<Context> context_;
    Device device_;
    std::string name_;
    libusb_device_handle* handle_ = nullptr;
    std::mutex mutex_;
    std::set<unsigned> claimed_;
};

/// "interface A" for 0, and so on: the letter the data sheets use.
std::string interface_name(unsigned number);

}  // namespace gpiofs::usb
