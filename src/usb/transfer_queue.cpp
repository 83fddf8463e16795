// SPDX-License-Identifier: MIT
#include "usb/transfer_queue.h"

#include "base/error.h"
#include "usb/transfer_result.h"
#include "usb/usb_error.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <new>
#include <utility>

namespace gpiofs::usb {

using std::chrono::steady_clock;
using transport::Direction;
using transport::EndedTransfer;

/// A libusb transfer with what its callback notes.
struct TransferQueue::Slot {
    explicit Slot(TransferQueue& owner)
        : queue(owner), transfer(libusb_alloc_transfer(0), &libusb_free_transfer) {
        if (!transfer) {
            throw std::bad_alloc();
        }
    }

    TransferQueue& queue;
    std::unique_ptr<libusb_transfer, decltype(&libusb_free_transfer)> transfer;
    /// Which end of the queue's this was; 0 while it is under way. Guarded by the queue's mutex.
    std::uint64_t ordinal = 0;
};

TransferQueue::TransferQueue(Context& context, libusb_device_handle* handle)
    : context_(context), handle_(handle) {}

TransferQueue::~TransferQueue() {
    cancel();
    while (queued()) {
        static_cast<void>(collect(TimePoint::max()));
    }
}

TransferQueue::Slots& TransferQueue::of(Direction direction) noexcept {
    return direction == Direction::in ? in_ : out_;
}

void TransferQueue::ended(libusb_transfer* transfer) {
    auto& slot = *static_cast<Slot*>(transfer->user_data);
    TransferQueue& queue = slot.queue;
    // Once the collector has seen the ordinal the queue may be destroyed: nothing follows the
    // unlocking.
    const std::lock_guard lock(queue.mutex_);
    slot.ordinal = ++queue.ends_;
    std::atomic_ref(queue.something_ended_).store(1, std::memory_order_release);
}

std::error_code TransferQueue::submit(std::uint8_t endpoint, std::span<std::uint8_t> data) {
    std::unique_ptr<Slot> slot;
    if (spare_.empty()) {
        slot = std::make_unique<Slot>(*this);
    } else {
        slot = std::move(spare_.back());
        spare_.pop_back();
    }
    slot->ordinal = 0;
    libusb_fill_bulk_transfer(slot->transfer.get(), handle_, endpoint, data.data(),
                              static_cast<int>(data.size()), ended, slot.get(), 0);
    const std::lock_guard lock(mutex_);
    const int result =
        aborted_ ? LIBUSB_ERROR_INTERRUPTED : libusb_submit_transfer(slot->transfer.get());
    if (result < 0) {
        spare_.push_back(std::move(slot));
        return errno_code(aborted_ ? ECANCELED : errno_of(result));
    }
    const bool in = (endpoint & LIBUSB_ENDPOINT_DIR_MASK) == LIBUSB_ENDPOINT_IN;
    of(in ? Direction::in : Direction::out).push_back(std::move(slot));
    return {};
}

std::uint64_t TransferQueue::first_end(Direction direction) noexcept {
    const Slots& slots = of(direction);
    return slots.empty() ? 0 : slots.front()->ordinal;
}

std::optional<EndedTransfer> TransferQueue::take_ended() {
    const std::lock_guard lock(mutex_);
    const std::uint64_t in = first_end(Direction::in);
    const std::uint64_t out = first_end(Direction::out);
    if (in == 0 && out == 0) {
        return std::nullopt;
    }
    const Direction direction = out == 0 || (in != 0 && in < out) ? Direction::in : Direction::out;
    Slots& slots = of(direction);
    const libusb_transfer& transfer = *slots.front()->transfer;
    const EndedTransfer result{
        direction, {static_cast<std::size_t>(transfer.actual_length), error_of(transfer.status)}};
    spare_.push_back(std::move(slots.front()));
    slots.pop_front();
    return result;
}

bool TransferQueue::queued() {
    const std::lock_guard lock(mutex_);
    return !in_.empty() || !out_.empty();
}

std::optional<EndedTransfer> TransferQueue::collect(TimePoint deadline) {
    bool looked = false;
    while (queued()) {
        std::atomic_ref(something_ended_).store(0, std::memory_order_release);
        if (const auto result = take_ended()) {
            return result;
        }
        const TimePoint now = steady_clock::now();
        if (looked && now >= deadline) {
            return std::nullopt;
        }
        timeval left = time_left(now, deadline);
        libusb_handle_events_timeout_completed(context_.get(), &left, &something_ended_);
        looked = true;
    }
    return std::nullopt;
}

void TransferQueue::cancel() noexcept {
    const std::lock_guard lock(mutex_);
    cancel_locked();
}

void TransferQueue::cancel_locked() noexcept {
    for (Slots* slots : {&out_, &in_}) {
        std::for_each(slots->rbegin(), slots->rend(),
                      [](const auto& slot) { libusb_cancel_transfer(slot->transfer.get()); });
    }
}

void TransferQueue::abort() noexcept {
    const std::lock_guard lock(mutex_);
    aborted_ = true;
    cancel_locked();
}

}  // namespace gpiofs::usb
