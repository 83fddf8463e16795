// SPDX-License-Identifier: MIT
#include "usb/transfer_runner.h"

#include "base/error.h"
#include "usb/transfer_result.h"
#include "usb/usb_error.h"

#include <atomic>
#include <cerrno>
#include <new>

namespace gpiofs::usb {

namespace {

using std::chrono::steady_clock;

/// Another thread may be handling the context's events and run the callback.
void LIBUSB_CALL complete(libusb_transfer* transfer) {
    std::atomic_ref(*static_cast<int*>(transfer->user_data)).store(1, std::memory_order_release);
}

bool is_complete(int& completed) noexcept {
    return std::atomic_ref(completed).load(std::memory_order_acquire) != 0;
}

}  // namespace

TransferRunner::TransferRunner(Context& context)
    : context_(context), transfer_(libusb_alloc_transfer(0), &libusb_free_transfer) {
    if (!transfer_) {
        throw std::bad_alloc();
    }
}

transport::Transfer TransferRunner::run(TimePoint deadline) {
    int completed = 0;
    transfer_->callback = complete;
    transfer_->user_data = &completed;
    transfer_->timeout = 0;
    if (!aborted() && steady_clock::now() >= deadline) {
        return {0, errno_code(ETIMEDOUT)};
    }
    if (const auto error = submit()) {
        return {0, error};
    }
    bool expired = false;
    while (!is_complete(completed)) {
        const TimePoint now = steady_clock::now();
        if (!expired && now >= deadline) {
            expired = true;
            libusb_cancel_transfer(transfer_.get());
        }
        timeval left = time_left(now, expired ? TimePoint::max() : deadline);
        libusb_handle_events_timeout_completed(context_.get(), &left, &completed);
    }
    const std::lock_guard lock(mutex_);
    under_way_ = false;
    return {static_cast<std::size_t>(transfer_->actual_length), result(transfer_->status, expired)};
}

std::error_code TransferRunner::submit() {
    const std::lock_guard lock(mutex_);
    if (aborted_) {
        return errno_code(ECANCELED);
    }
    if (const int result = libusb_submit_transfer(transfer_.get()); result < 0) {
        return errno_code(errno_of(result));
    }
    under_way_ = true;
    interrupted_ = false;
    return {};
}

std::error_code TransferRunner::result(libusb_transfer_status status, bool expired) const noexcept {
    if (status == LIBUSB_TRANSFER_CANCELLED && !aborted_ && !interrupted_) {
        return errno_code(expired ? ETIMEDOUT : EIO);
    }
    return error_of(status);
}

void TransferRunner::abort() noexcept {
    const std::lock_guard lock(mutex_);
    aborted_ = true;
    changed_.notify_all();
    if (under_way_) {
        libusb_cancel_transfer(transfer_.get());
    }
}

void TransferRunner::interrupt() noexcept {
    const std::lock_guard lock(mutex_);
    if (under_way_) {
        interrupted_ = true;
        libusb_cancel_transfer(transfer_.get());
    }
}

bool TransferRunner::aborted() const noexcept {
    const std::lock_guard lock(mutex_);
    return aborted_;
}

void TransferRunner::pause(TimePoint until) {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, until, [this] { return aborted_; });
}

}  // namespace gpiofs::usb
