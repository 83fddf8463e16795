// SPDX-License-Identifier: MIT
#pragma once

#include "transport/transport.h"
#include "usb/context.h"

#include <libusb.h>

#include <condition_variable>
#include <memory>
#include <mutex>

namespace gpiofs::usb {

/// Runs asynchronous transfers one after another as if they were synchronous, with two additions to
/// what libusb's own synchronous calls do: a deadline finer than a millisecond, and abort().
/// There is one transfer object, which is filled anew each time.
/// The calling thread handles the context's events itself, so nothing is handed between threads
/// while it is the only one with a transfer under way.
///
/// One thread at a time may run(); abort() and the rest may come from any thread.
class TransferRunner {
  public:
    /// Throws std::bad_alloc.
    explicit TransferRunner(Context& context);

    /// To be filled, but for callback and timeout, before each run().
    libusb_transfer* transfer() const noexcept { return transfer_.get(); }

    /// Submits the transfer and waits for its end. It is not under way any more when this returns,
    /// so its buffer is the caller's again: a cancelled transfer is waited for, and usbfs completes
    /// each one it is told to discard.
    /// `error` is EIO where the device may be gone without the kernel having noticed yet.
    transport::Transfer run(TimePoint deadline);

    /// Ends the transfer under way and every later one with ECANCELED.
    void abort() noexcept;
    /// Ends the transfer under way with ECANCELED, and no later one.
    void interrupt() noexcept;
    bool aborted() const noexcept;

    /// Waits until `until`, or less if abort() is called.
    void pause(TimePoint until);

  private:
    std::error_code submit();
    std::error_code result(libusb_transfer_status status, bool expired) const noexcept;

    Context& context_;
    std::unique_ptr<libusb_transfer, decltype(&libusb_free_transfer)> transfer_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    bool aborted_ = false;
    bool under_way_ = false;
    bool interrupted_ = false;
};

}  // namespace gpiofs::usb
