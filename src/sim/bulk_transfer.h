// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "sim/usb_types.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace gpiofs::sim {

class VirtualBoard;

/// One bulk transfer (what Linux calls an URB): many packets, one completion. The caller owns it
/// and its buffer, and hands it to VirtualBoard::advance() or finish() until it is not pending; of
/// several transfers of one endpoint only the oldest. From VirtualBoard::submit() on (which the
/// other two do for one that was not) the board knows it by its address and works on its buffer
/// whenever anybody touches the board, so both it and the buffer outlive that; moving it tells the
/// board, and destroying a pending one cancels it. The board outlives what was submitted to it.
class BulkTransfer {
  public:
    /// `endpoint` is an address: 0x81 and 0x02 are interface A's.
    static BulkTransfer out(Attachment attachment, std::uint8_t endpoint,
                            std::span<const std::uint8_t> data) noexcept {
        BulkTransfer transfer(attachment, endpoint);
        transfer.outgoing_ = data;
        return transfer;
    }
    static BulkTransfer in(Attachment attachment, std::uint8_t endpoint,
                           std::span<std::uint8_t> buffer) noexcept {
        BulkTransfer transfer(attachment, endpoint);
        transfer.incoming_ = buffer;
        return transfer;
    }
    /// What was moved from counts as cancelled.
    BulkTransfer(BulkTransfer&& other) noexcept;
    BulkTransfer& operator=(BulkTransfer&& other) noexcept;
    ~BulkTransfer() {
        if (board_ != nullptr) {
            withdraw();
        }
    }

    // As the last call of advance() or finish() found it.
    UsbStatus status() const noexcept { return status_; }
    /// Bytes moved so far; for IN with the status bytes of every packet.
    std::size_t bytes() const noexcept { return bytes_; }
    /// Of transfers that are not pending: the one that ended first has the smallest. They count
    /// the ends of one board.
    std::uint64_t ordinal() const noexcept { return progress_.ordinal; }
    std::uint8_t endpoint() const noexcept { return endpoint_; }

  private:
    friend class Bus;
    friend class VirtualBoard;

    /// How far the bus is with it; guarded by the board's mutex.
    struct Progress {
        /// When the host's controller has it: the first packet cannot go before.
        TimePoint queued_at;
        std::size_t moved = 0;
        bool carried_data = false;
        FaultKind fault = FaultKind::none;
        /// How it ended on the bus, and when the host is told.
        UsbStatus outcome = UsbStatus::pending;
        TimePoint told_at;
        /// Which end this was of the board's; given once it has ended.
        std::uint64_t ordinal = 0;
    };

    BulkTransfer(Attachment attachment, std::uint8_t endpoint) noexcept
        : attachment_(attachment), endpoint_(endpoint) {}
    BulkTransfer& operator=(const BulkTransfer&) noexcept = default;

    void withdraw() noexcept;
    bool is_in() const noexcept { return (endpoint_ & 0x80U) != 0; }

    Attachment attachment_;
    std::uint8_t endpoint_;
    std::span<const std::uint8_t> outgoing_;
    std::span<std::uint8_t> incoming_;
    std::size_t bytes_ = 0;
    UsbStatus status_ = UsbStatus::pending;
    /// The board that knows its address; only the owner's calls change it.
    VirtualBoard* board_ = nullptr;
    Progress progress_;
};

}  // namespace gpiofs::sim
