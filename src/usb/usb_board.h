// SPDX-License-Identifier: MIT
#pragma once

#include "transport/board.h"
#include "usb/device.h"
#include "usb/device_handle.h"

#include <memory>
#include <mutex>
#include <string>

namespace gpiofs::usb {

/// A real board that is plugged in. It is opened with its first interface, not before.
/// Thread-safe.
class UsbBoard final : public transport::Board {
  public:
    /// Throws std::system_error if the configuration descriptor is unusable.
    UsbBoard(std::shared_ptr<Context> context, Device device);

    const transport::BoardInfo& info() const noexcept override { return info_; }
    std::string holder(unsigned number) const override;
    /// Opening and claiming are system calls that the kernel bounds; `options.deadline` is only
    /// looked at before.
    std::unique_ptr<transport::Transport> open(unsigned number,
                                               const transport::OpenOptions& options) override;

  private:
    std::shared_ptr<DeviceHandle> handle();
    void check_tty(unsigned number, const transport::OpenOptions& options) const;

    std::shared_ptr<Context> context_;
    Device device_;
    transport::BoardInfo info_;
    std::string name_;
    unsigned configuration_ = 0;
    std::mutex mutex_;
    std::weak_ptr<DeviceHandle> handle_;
};

}  // namespace gpiofs::usb
