// SPDX-License-Identifier: MIT
#include "tap.h"

#include "base/error.h"

#include <cerrno>
#include <utility>

namespace gpiofs::test {

std::vector<Tap::Request> Tap::requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
}

std::vector<Bytes> Tap::writes() const {
    const std::lock_guard lock(mutex_);
    return writes_;
}

void Tap::forget() {
    const std::lock_guard lock(mutex_);
    requests_.clear();
    writes_.clear();
}

void Tap::hold() {
    const std::lock_guard lock(mutex_);
    holding_ = true;
}

bool Tap::somebody_held() const {
    const std::lock_guard lock(mutex_);
    return held_ > 0;
}

void Tap::release() {
    const std::lock_guard lock(mutex_);
    holding_ = false;
    changed_.notify_all();
}

void Tap::cut_next_write(std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    cut_ = bytes;
}

void Tap::after_next_write(std::function<void()> action) {
    const std::lock_guard lock(mutex_);
    after_write_ = std::move(action);
}

void Tap::after_next_submit(std::function<void()> action) {
    const std::lock_guard lock(mutex_);
    after_submit_ = std::move(action);
}

void Tap::before_transfer(unsigned others, std::function<void()> action) {
    const std::lock_guard lock(mutex_);
    transfers_before_ = others;
    before_transfer_ = std::move(action);
}

void Tap::transfer_begins() {
    std::function<void()> action;
    {
        const std::lock_guard lock(mutex_);
        if (before_transfer_ && transfers_before_-- == 0) {
            action = std::exchange(before_transfer_, nullptr);
        }
    }
    if (action) {
        action();
    }
}

void Tap::set_driver_detached() {
    const std::lock_guard lock(mutex_);
    detached_ = true;
}

std::optional<bool> Tap::driver_given_back() const {
    const std::lock_guard lock(mutex_);
    return given_back_;
}

void Tap::set_claim(const transport::Claim& claim) {
    const std::lock_guard lock(mutex_);
    claim_ = claim;
}

TappedTransport::TappedTransport(std::unique_ptr<transport::Transport> wire,
                                 std::shared_ptr<Tap> tap)
    : wire_(std::move(wire)), tap_(std::move(tap)) {}

std::error_code TappedTransport::control_out(std::uint8_t request, std::uint16_t value,
                                             TimePoint deadline) {
    {
        const std::lock_guard lock(tap_->mutex_);
        tap_->requests_.push_back({request, value});
    }
    return wire_->control_out(request, value, deadline);
}

transport::Transfer TappedTransport::write(std::span<const std::uint8_t> data, TimePoint deadline) {
    tap_->transfer_begins();
    std::optional<std::size_t> cut;
    std::function<void()> after;
    {
        std::unique_lock lock(tap_->mutex_);
        tap_->writes_.emplace_back(data.begin(), data.end());
        cut = std::exchange(tap_->cut_, std::nullopt);
        ++tap_->held_;
        tap_->changed_.wait(lock, [this] { return !tap_->holding_ || tap_->aborted_; });
        --tap_->held_;
        after = std::exchange(tap_->after_write_, nullptr);
    }
    transport::Transfer taken = wire_->write(data.first(cut.value_or(data.size())), deadline);
    if (cut && !taken.error) {
        taken.error = errno_code(ETIMEDOUT);
    }
    if (after) {
        after();
    }
    return taken;
}

std::error_code TappedTransport::submit(transport::Direction direction,
                                        std::span<std::uint8_t> data) {
    std::function<void()> after;
    if (direction == transport::Direction::out) {
        const std::lock_guard lock(tap_->mutex_);
        tap_->writes_.emplace_back(data.begin(), data.end());
        after = std::exchange(tap_->after_submit_, nullptr);
    }
    const auto error = wire_->submit(direction, data);
    if (after) {
        after();
    }
    return error;
}

transport::Claim TappedTransport::claim_again() {
    const std::lock_guard lock(tap_->mutex_);
    return tap_->claim_;
}

void TappedTransport::abort() noexcept {
    wire_->abort();
    const std::lock_guard lock(tap_->mutex_);
    tap_->aborted_ = true;
    tap_->changed_.notify_all();
}

bool TappedTransport::detached_driver() const noexcept {
    const std::lock_guard lock(tap_->mutex_);
    return tap_->detached_;
}

void TappedTransport::give_back_driver(bool yes) noexcept {
    const std::lock_guard lock(tap_->mutex_);
    tap_->given_back_ = yes;
}

}  // namespace gpiofs::test
