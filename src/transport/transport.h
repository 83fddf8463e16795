// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"

#include <system_error>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace gpiofs::transport {

/// How a transfer ended. Data moved before an error is still data, so both are told.
/// Errors are errnos: ENODEV the board is gone, ETIMEDOUT the deadline passed, EPIPE the endpoint
/// stalled, ECANCELED abort() was called, EBUSY the interface is claimed no longer, EIO anything
/// else on the wire.
struct Transfer {
    std::size_t bytes = 0;
    std::error_code error;
};

enum class Direction { in, out };

/// How Transport::claim_again() has found the interface.
struct Claim {
    /// It had been taken away.
    bool taken = false;
    /// Empty: it is claimed now. EBUSY: something else keeps it, or it does not exist at present.
    /// ENODEV: the board is gone.
    std::error_code error;
    /// What had it, if anything: "ftdi_sio", "usbfs" for another program.
    std::string holder;
};

/// A queued transfer that has ended: of its direction the one submitted first.
struct EndedTransfer {
    Direction direction = Direction::in;
    Transfer transfer;
};

/// One claimed interface of a board, as USB sees it: vendor control requests and two bulk pipes.
/// It knows nothing of MPSSE; the status bytes of FTDI's packets are still in what read() returns.
///
/// Queued transfers are submitted and collected: the bus works on all of them together, each
/// direction in order of submission. A transfer has ended when the bus has completed it, when it
/// was cancelled, or when the board has gone; its result does not change after that. No transfer
/// moves data that an earlier one of its direction has not moved.
///
/// One thread at a time may transfer; abort() may come from any thread.
/// Destroying it cancels what is queued and releases the interface.
class Transport {
  public:
    Transport() = default;
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;
    virtual ~Transport() = default;

    /// Claims the interface again if it was taken away, from whatever Board::open() would take it
    /// from. Sends nothing to the chip, and until it has succeeded after an EBUSY neither does any
    /// other function, except that the kernel claims an interface that nobody has for a bulk
    /// transfer. Throws std::bad_alloc.
    virtual Claim claim_again() = 0;

    /// wMaxPacketSize of the bulk IN endpoint, in bytes: 64 or 512.
    virtual std::size_t packet_size() const noexcept = 0;

    /// A vendor request to the device with no data; wIndex (interface number + 1) is filled in.
    virtual std::error_code control_out(std::uint8_t request, std::uint16_t value,
                                        TimePoint deadline) = 0;
    /// A vendor request that reads up to data.size() bytes.
    virtual Transfer control_in(std::uint8_t request, std::uint16_t value,
                                std::span<std::uint8_t> data, TimePoint deadline) = 0;

    /// One bulk OUT transfer. A partial count with ETIMEDOUT means the chip took only so much.
    virtual Transfer write(std::span<const std::uint8_t> data, TimePoint deadline) = 0;
    /// One bulk IN transfer: ends with a short packet, a full buffer, or the deadline.
    /// data.size() must be a multiple of packet_size().
    virtual Transfer read(std::span<std::uint8_t> data, TimePoint deadline) = 0;

    /// Queues a bulk transfer behind those of its direction that are under way, and returns. `data`
    /// belongs to the transport until collect() has returned this transfer, or the transport is
    /// destroyed; of an IN transfer it is as for read(). While transfers are queued neither write()
    /// nor read() may be called. After an error nothing is queued: ECANCELED after abort(); a board
    /// that has gone is reported as ENODEV here or by collect().
    virtual std::error_code submit(Direction direction, std::span<std::uint8_t> data) = 0;
    /// Waits for a queued transfer to end. Of those that have ended and were not collected, returns
    /// the one that ended first, whatever its direction: so an OUT comes before an IN that only the
    /// chip's reply to it could end, if the OUT is one packet. (The reply to an earlier packet of a
    /// longer OUT may end an IN first.) Within a direction always in order of submission, also
    /// where cancel(), abort() or the loss of the board ends several at once; between the
    /// directions these have no order.
    ///
    /// Nothing if none is queued, or none has ended by `deadline`; the transfers go on then. A
    /// deadline that has passed still lets it return what has ended.
    ///
    /// `bytes` is what has moved, whatever the error: of an OUT, exactly what the chip has taken.
    /// ECANCELED after cancel() or abort(), ENODEV for what the board's going has ended, EPIPE for
    /// each transfer that meets a halted endpoint. A queued transfer has no deadline of its own.
    ///
    /// The order is the host controller's as far as it tells: some complete the transfers that
    /// ended within one microframe in another order.
    virtual std::optional<EndedTransfer> collect(TimePoint deadline) = 0;
    /// Ends all queued transfers, the youngest first; returns without waiting for it. Each is still
    /// to be collected, with what it has moved. One that has ended before keeps its result.
    virtual void cancel() noexcept = 0;

    /// Clears a halted endpoint, so that the next transfer works again.
    virtual std::error_code clear_halt(Direction direction) = 0;

    /// Ends the bulk transfers under way, and every later one, with ECANCELED: a write() or read()
    /// of another thread, and all queued transfers, as cancel() does; a collect() of another thread
    /// returns them. It also ends a control request under way, but later ones go on working, so
    /// that the chip can still be left in order.
    virtual void abort() noexcept = 0;

    /// Whether a kernel driver was taken off the interface when it was claimed.
    virtual bool detached_driver() const noexcept = 0;
    /// Whether the destructor gives the interface back to that driver (the default is yes).
    virtual void give_back_driver(bool yes) noexcept = 0;
};

}  // namespace gpiofs::transport
