#pragma once

#include "base/clock.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace gpiofs::sim {

/// A control transfer's setup stage, USB 2.0 section 9.3.
struct SetupPacket {
    std::uint8_t request_type = 0;
    std::uint8_t request = 0;
    std::uint16_t value = 0;
    std::uint16_t index = 0;
    std::uint16_t length = 0;

    /// Whether the data stage goes from the chip to the host.
    bool reads() const noexcept { return (request_type & 0x80U) != 0; }
};

enum class UsbStatus {
    pending,    ///< Not over yet; bytes may have moved already.
    complete,   ///< Over, for IN possibly shorter than asked for.
    stall,      ///< The endpoint is halted, or endpoint 0 refuses the request.
    gone,       ///< The board is unplugged, or was in between.
    overflow,   ///< The chip sent a packet larger than what was left of the buffer.
    timed_out,  ///< The deadline passed (blocking door only).
    cancelled,  ///< The caller's flag was raised (blocking door only).
};

struct ControlResult {
    UsbStatus status = UsbStatus::complete;
    std::size_t bytes = 0;
};

/// From one plugging in to the next unplugging; 0 is none. What was begun in one ends with it.
using Attachment = std::uint64_t;

enum class FaultKind { none, timeout, stall, short_reply, status_only, garbage, nak, power_loss };

/// One bulk transfer (what Linux calls an URB): many packets, one completion. The caller owns it
/// and its buffer and hands it to VirtualBoard::advance() or finish() until it is not pending;
/// dropping a pending one cancels it. Of several transfers of one endpoint the caller advances
/// only the oldest.
class BulkTransfer {
  public:
    /// `endpoint` is an address: 0x81 and 0x02 are interface A's.
    static BulkTransfer out(Attachment attachment, std::uint8_t endpoint,
                            std::span<const std::uint8_t> data) {
        BulkTransfer transfer(attachment, endpoint);
        transfer.outgoing_ = data;
        return transfer;
    }
    static BulkTransfer in(Attachment attachment, std::uint8_t endpoint,
                           std::span<std::uint8_t> buffer) {
        BulkTransfer transfer(attachment, endpoint);
        transfer.incoming_ = buffer;
        return transfer;
    }

    UsbStatus status() const noexcept { return status_; }
    /// Bytes moved so far; for IN with the status bytes of every packet.
    std::size_t bytes() const noexcept { return bytes_; }
    std::uint8_t endpoint() const noexcept { return endpoint_; }

  private:
    friend class VirtualBoard;

    BulkTransfer(Attachment attachment, std::uint8_t endpoint)
        : attachment_(attachment), endpoint_(endpoint) {}

    Attachment attachment_;
    std::uint8_t endpoint_;
    std::span<const std::uint8_t> outgoing_;
    std::span<std::uint8_t> incoming_;
    std::size_t bytes_ = 0;
    UsbStatus status_ = UsbStatus::pending;
    bool begun_ = false;
    bool carried_data_ = false;
    FaultKind fault_ = FaultKind::none;
    TimePoint not_before_;
};

}  // namespace gpiofs::sim
