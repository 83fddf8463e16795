// SPDX-License-Identifier: MIT
#pragma once

#include "transport/transport.h"
#include "usb/claimed_interface.h"
#include "usb/device.h"
#include "usb/transfer_queue.h"
#include "usb/transfer_runner.h"

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gpiofs::usb {

/// One claimed interface of a real board. Threads: as transport::Transport says.
///
/// ENODEV is told apart from other errors as well as can be: while a cable is pulled the kernel
/// reports protocol errors until the hub has noticed, so after such an error the board is asked for
/// its status, for at most half a second and not beyond the transfer's deadline. An interface that
/// is taken away ends its transfers as an unplugged board does; usbfs tells which it is.
///
/// Vendor requests need no claim, so the claim is looked at before each.
class LibusbTransport final : public transport::Transport {
  public:
    LibusbTransport(std::unique_ptr<ClaimedInterface> interface, const Endpoints& endpoints);

    transport::Claim claim_again() override { return interface_->again(); }
    std::size_t packet_size() const noexcept override { return endpoints_.packet_size; }
    std::error_code control_out(std::uint8_t request, std::uint16_t value,
                                TimePoint deadline) override;
    transport::Transfer control_in(std::uint8_t request, std::uint16_t value,
                                   std::span<std::uint8_t> data, TimePoint deadline) override;
    transport::Transfer write(std::span<const std::uint8_t> data, TimePoint deadline) override;
    transport::Transfer read(std::span<std::uint8_t> data, TimePoint deadline) override;
    std::error_code submit(transport::Direction direction, std::span<std::uint8_t> data) override;
    std::optional<transport::EndedTransfer> collect(TimePoint deadline) override;
    void cancel() noexcept override;
    std::error_code clear_halt(transport::Direction direction) override;
    void abort() noexcept override;
    bool detached_driver() const noexcept override { return interface_->detached_driver(); }
    void give_back_driver(bool yes) noexcept override { interface_->give_back_driver(yes); }

  private:
    struct Setup {
        std::uint8_t type;
        std::uint8_t code;
        std::uint16_t value;
        std::uint16_t index;
    };

    transport::Transfer request(const Setup& setup, std::span<std::uint8_t> data,
                                TimePoint deadline);
    transport::Transfer move(std::uint8_t endpoint, std::uint8_t* data, std::size_t size,
                             TimePoint deadline);
    transport::Transfer vendor_request(std::uint8_t type, std::uint8_t request, std::uint16_t value,
                                       std::span<std::uint8_t> data, TimePoint deadline);
    transport::Transfer diagnosed(transport::Transfer transfer, TimePoint deadline);
    std::error_code presence(TimePoint deadline);

    const std::unique_ptr<ClaimedInterface> interface_;
    const Endpoints endpoints_;
    TransferRunner bulk_;
    TransferRunner control_;
    TransferQueue queue_;
    /// What is collected after cancel() says nothing of the board.
    bool cancelled_ = false;
    std::vector<std::uint8_t> control_buffer_;
};

}  // namespace gpiofs::usb
