// SPDX-License-Identifier: MIT
#include "sim/virtual_board.h"

#include "sim/bus.h"
#include "sim/chip.h"
#include "sim/wire_nets.h"

#include <fmt/format.h>
#include <sys/prctl.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>

namespace gpiofs::sim {
namespace {

constexpr std::uint16_t ftdi_vendor = 0x0403;
/// Shorter waits are spent on the processor: a sleeping thread wakes up later than this.
constexpr Duration shortest_sleep = std::chrono::microseconds(5);

/// Lets the calling thread's sleeps end when they are over, and not up to 50 us later, which is
/// what Linux takes to save power (prctl(2), PR_SET_TIMERSLACK).
void sleep_exactly() noexcept {
    static thread_local const int set = prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
    static_cast<void>(set);
}

const ChipProfile& chip_for(const BoardConfig& config) {
    std::string error;
    const ChipProfile* chip = find_chip(config, error);
    if (chip == nullptr) {
        throw std::invalid_argument(error);
    }
    return *chip;
}

}  // namespace

VirtualBoard::VirtualBoard(const BoardConfig& config, const std::string& serial, Clock& clock)
    : profile_(chip_for(config)),
      vendor_(config.vendor.value_or(ftdi_vendor)),
      product_(config.product.value_or(profile_.product)),
      serial_(config.serial.value_or(serial)),
      high_speed_(profile_.high_speed && config.usb != UsbSpeed::full),
      timing_(bus_timing(config, packet_size())),
      clock_(clock),
      chip_(std::make_unique<Chip>(Identity{profile_, vendor_, product_, serial_, high_speed_},
                                   timing_.command, counters_)),
      bus_(std::make_unique<Bus>(timing_, *chip_, counters_)) {
    chip_->power_up(clock_.now());
}

VirtualBoard::~VirtualBoard() = default;

std::vector<std::uint8_t> VirtualBoard::device_descriptor() const {
    return sim::device_descriptor(chip_->identity());
}

std::vector<std::uint8_t> VirtualBoard::configuration_descriptor() const {
    return sim::configuration_descriptor(chip_->identity());
}

Attachment VirtualBoard::attachment() const {
    const std::scoped_lock lock(mutex_);
    return attached_;
}

bool VirtualBoard::set_plugged(bool plugged) {
    const std::scoped_lock lock(mutex_);
    if (plugged == (attached_ != 0)) {
        return false;
    }
    const TimePoint now = clock_.now();
    bus_->catch_up(now);
    if (plugged) {
        attached_ = ++attachments_;
        chip_->power_up(now);
    } else {
        attached_ = 0;
        bus_->clear();
        chip_->power_off(now);
    }
    changed_locked();
    return true;
}

Attachment VirtualBoard::reset_bus() {
    const std::scoped_lock lock(mutex_);
    if (attached_ == 0) {
        return 0;
    }
    const TimePoint now = clock_.now();
    bus_->catch_up(now);
    bus_->clear();
    chip_->power_up(now);
    attached_ = ++attachments_;
    changed_locked();
    return attached_;
}

ControlResult VirtualBoard::control(Attachment attachment, const SetupPacket& setup,
                                    std::span<std::uint8_t> data) {
    const std::scoped_lock lock(mutex_);
    if (attachment == 0 || attachment != attached_) {
        return {UsbStatus::gone, 0};
    }
    const TimePoint now = clock_.now();
    bus_->catch_up(now);
    const ControlResult result = chip_->control(setup, data, now);
    bus_->catch_up(now);
    ++counters_.control_transfers;
    changed_locked();
    return result;
}

ControlResult VirtualBoard::finish_control(Attachment attachment, const SetupPacket& setup,
                                           std::span<std::uint8_t> data) {
    const TimePoint done = clock_.now() + timing_.control;
    const ControlResult result = control(attachment, setup, data);
    if (timing_.control > Duration::zero() && result.status != UsbStatus::gone) {
        std::unique_lock lock(mutex_);
        while (clock_.now() < done) {
            pause(lock, done);
        }
    }
    return result;
}

void VirtualBoard::submit(BulkTransfer& transfer) {
    const std::scoped_lock lock(mutex_);
    submit_locked(transfer, clock_.now());
}

void VirtualBoard::submit_locked(BulkTransfer& transfer, TimePoint now) {
    if (transfer.board_ != nullptr || transfer.status_ != UsbStatus::pending ||
        transfer.attachment_ == 0 || transfer.attachment_ != attached_) {
        return;
    }
    bus_->submit(transfer, now);
    transfer.board_ = this;
    changed_locked();
}

void VirtualBoard::withdraw(BulkTransfer& transfer) {
    const std::scoped_lock lock(mutex_);
    withdraw_locked(transfer);
}

void VirtualBoard::withdraw_locked(BulkTransfer& transfer) {
    if (transfer.progress_.outcome == UsbStatus::pending) {
        bus_->withdraw(transfer);
        changed_locked();
    }
    transfer.board_ = nullptr;
}

void VirtualBoard::relocate(BulkTransfer& from, BulkTransfer& to) {
    const std::scoped_lock lock(mutex_);
    to = static_cast<const BulkTransfer&>(from);
    bus_->relocate(from, to);
    from.board_ = nullptr;
}

TimePoint VirtualBoard::advance(BulkTransfer& transfer) {
    const std::scoped_lock lock(mutex_);
    return advance_locked(transfer, clock_.now());
}

TimePoint VirtualBoard::advance(std::span<BulkTransfer* const> transfers) {
    const std::scoped_lock lock(mutex_);
    const TimePoint now = clock_.now();
    for (BulkTransfer* const transfer : transfers) {
        submit_locked(*transfer, now);
    }
    TimePoint next = TimePoint::max();
    for (BulkTransfer* const transfer : transfers) {
        const TimePoint again = advance_locked(*transfer, now);
        if (transfer->status_ == UsbStatus::pending) {
            next = std::min(next, again);
        }
    }
    return next;
}

TimePoint VirtualBoard::advance_locked(BulkTransfer& transfer, TimePoint now) {
    if (transfer.status_ != UsbStatus::pending) {
        return now;
    }
    if (transfer.board_ == nullptr) {
        submit_locked(transfer, now);
    }
    bus_->catch_up(now);
    BulkTransfer::Progress& progress = transfer.progress_;
    transfer.bytes_ = progress.moved;
    if (progress.outcome == UsbStatus::pending &&
        (transfer.attachment_ == 0 || transfer.attachment_ != attached_)) {
        transfer.status_ = UsbStatus::gone;
        progress.ordinal = bus_->next_ordinal();
    } else if (progress.outcome != UsbStatus::pending && progress.told_at <= now) {
        transfer.status_ = progress.outcome;
    } else {
        return bus_->earliest_end(transfer);
    }
    transfer.board_ = nullptr;
    return now;
}

void VirtualBoard::finish(BulkTransfer& transfer, TimePoint deadline,
                          const std::atomic<bool>& cancelled) {
    std::unique_lock lock(mutex_);
    while (true) {
        const TimePoint now = clock_.now();
        const TimePoint next = std::min(advance_locked(transfer, now), deadline);
        if (transfer.status_ != UsbStatus::pending) {
            return;
        }
        if (cancelled || now >= deadline) {
            transfer.status_ = cancelled ? UsbStatus::cancelled : UsbStatus::timed_out;
            transfer.progress_.ordinal = bus_->next_ordinal();
            withdraw_locked(transfer);
            return;
        }
        pause(lock, next);
    }
}

void VirtualBoard::pause(std::unique_lock<std::mutex>& lock, TimePoint until) {
    if (until < clock_.now() + shortest_sleep) {
        lock.unlock();
        clock_.spin_until(until);
        lock.lock();
    } else {
        sleep_exactly();
        clock_.wait_until(lock, changed_, until);
    }
}

void VirtualBoard::changed_locked() {
    ++changes_;
    changed_.notify_all();
}

std::uint64_t VirtualBoard::changes() const {
    const std::scoped_lock lock(mutex_);
    return changes_;
}

void VirtualBoard::wait(std::uint64_t seen, TimePoint until) {
    std::unique_lock lock(mutex_);
    if (changes_ == seen && clock_.now() < until) {
        sleep_exactly();
        clock_.wait_until(lock, changed_, until);
    }
}

void VirtualBoard::wake() {
    const std::scoped_lock lock(mutex_);
    changed_locked();
}

void VirtualBoard::set_fault(FaultKind kind, long count) {
    const std::scoped_lock lock(mutex_);
    bus_->catch_up(clock_.now());
    bus_->set_fault(kind, count);
    chip_->set_imitation(kind == FaultKind::imitation && count != 0);
}

Counters VirtualBoard::counters() {
    const std::scoped_lock lock(mutex_);
    bus_->catch_up(clock_.now());
    return counters_;
}

}  // namespace gpiofs::sim
