// SPDX-License-Identifier: MIT
#pragma once

#include "usb/device.h"

#include <system_error>

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

    /// Lets one user have interface `number`, which is not claimed yet. Throws std::system_error:
    /// EBUSY it has one.
    void reserve(unsigned number);
    void cancel_reservation(unsigned number) noexcept;

    // Of an interface that is reserved, as in usbfs.h.
    bool is_bound(unsigned number) const noexcept;
    std::error_code claim(unsigned number) const noexcept;
    std::error_code detach_and_claim(unsigned number) const noexcept;
    /// Ends claim and reservation. With `attach` the kernel may bind its driver again, unless the
    /// interface had been taken away.
    void release(unsigned number, bool attach) noexcept;

  private:
    void open();
    void configure();

    std::shared_ptr<Context> context_;
    Device device_;
    std::string name_;
    libusb_device_handle* handle_ = nullptr;
    /// The device node that libusb has open for the handle.
    int file_ = -1;
    std::mutex mutex_;
    std::set<unsigned> reserved_;  ///< guarded by mutex_
};

/// "interface A" for 0, and so on: the letter the data sheets use.
std::string interface_name(unsigned number);

}  // namespace gpiofs::usb
