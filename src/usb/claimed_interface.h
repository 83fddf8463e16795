// SPDX-License-Identifier: MIT
#pragma once

#include "transport/board.h"
#include "transport/transport.h"
#include "usb/device_handle.h"

#include <system_error>

#include <memory>
#include <string>

namespace gpiofs::usb {

/// Which interface of which board.
struct InterfaceId {
    /// BoardInfo::path.
    std::string board_path;
    /// bConfigurationValue.
    unsigned configuration = 0;
    unsigned number = 0;
    /// Starts error messages: "1-1 (0403:6014) interface A".
    std::string name;
};

/// An interface that is claimed as long as this lives, if need be again: a USB reset of the board,
/// a new configuration, an unbinding and a resume without power take it away. Which kernel driver
/// may be taken off is decided by its name in sysfs.
/// One thread at a time, as a Transport.
class ClaimedInterface {
  public:
    /// Throws std::system_error: EBUSY held by a program or by a driver that may not be detached,
    /// ENODEV unplugged.
    ClaimedInterface(std::shared_ptr<DeviceHandle> handle, InterfaceId id,
                     transport::Detach detach);
    ClaimedInterface(const ClaimedInterface&) = delete;
    ClaimedInterface& operator=(const ClaimedInterface&) = delete;
    /// Gives it up, if it is still claimed, and back to the kernel driver that had it.
    ~ClaimedInterface();

    DeviceHandle& handle() const noexcept { return *handle_; }
    unsigned number() const noexcept { return id_.number; }

    /// Claims it again if nobody has it. EBUSY if something else has, ENODEV if it is unplugged.
    std::error_code check() noexcept;
    /// See Transport::claim_again().
    transport::Claim again();

    bool detached_driver() const noexcept { return detached_; }
    void give_back_driver(bool yes) noexcept { give_back_ = yes; }

  private:
    std::string holder() const;
    void claim();
    /// Whether there is a kernel driver and it may go; throws EBUSY if it may not.
    bool detach_allowed() const;

    const std::shared_ptr<DeviceHandle> handle_;
    const InterfaceId id_;
    const transport::Detach detach_;
    bool detached_ = false;
    bool give_back_ = true;
};

}  // namespace gpiofs::usb
