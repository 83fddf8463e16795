// SPDX-License-Identifier: MIT
#pragma once

#include "transport/transport.h"
#include "usb/context.h"

#include <libusb.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

namespace gpiofs::usb {

/// Bulk transfers of one interface that are under way together, in order per endpoint, as
/// transport::Transport::submit() and collect() promise. The collecting thread handles the
/// context's events itself.
///
/// One thread at a time may call everything but abort().
class TransferQueue {
  public:
    /// `context` and `handle` outlive it.
    TransferQueue(Context& context, libusb_device_handle* handle);
    TransferQueue(const TransferQueue&) = delete;
    TransferQueue& operator=(const TransferQueue&) = delete;
    /// Waits for what is under way, which it cancels.
    ~TransferQueue();

    std::error_code submit(std::uint8_t endpoint, std::span<std::uint8_t> data);
    /// `error` is EIO where the device may be gone without the kernel having noticed yet.
    std::optional<transport::EndedTransfer> collect(TimePoint deadline);
    /// The youngest first, so that no transfer is overtaken by one that was queued behind it.
    void cancel() noexcept;

    /// Ends what is under way, and everything later, with ECANCELED. Any thread.
    void abort() noexcept;

  private:
    struct Slot;
    using Slots = std::deque<std::unique_ptr<Slot>>;

    Slots& of(transport::Direction direction) noexcept;
    /// When the oldest of a direction ended among all; 0 if there is none or it is under way.
    std::uint64_t first_end(transport::Direction direction) noexcept;
    static void LIBUSB_CALL ended(libusb_transfer* transfer);
    void cancel_locked() noexcept;
    std::optional<transport::EndedTransfer> take_ended();
    bool queued();

    Context& context_;
    libusb_device_handle* const handle_;
    std::vector<std::unique_ptr<Slot>> spare_;
    /// Set by a callback, which any thread that handles events may run; libusb looks at it.
    int something_ended_ = 0;

    std::mutex mutex_;
    Slots in_;              ///< guarded by mutex_
    Slots out_;             ///< guarded by mutex_
    bool aborted_ = false;  ///< guarded by mutex_
    /// Transfers that have ended so far; guarded by mutex_. libusb runs the callbacks of one device
    /// in the order in which the kernel completed the transfers.
    std::uint64_t ends_ = 0;
};

}  // namespace gpiofs::usb
