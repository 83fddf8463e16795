#include "sim/virtual_board.h"

#include "sim/bus_timing.h"
#include "sim/chip.h"
#include "sim/wire_nets.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <initializer_list>
#include <stdexcept>

namespace gpiofs::sim {
namespace {

constexpr std::uint16_t ftdi_vendor = 0x0403;
/// Shorter waits are spent on the processor: a sleeping thread wakes up later than this.
constexpr Duration shortest_sleep = std::chrono::microseconds(50);
constexpr std::size_t status_size = 2;

const ChipProfile& chip_for(const BoardConfig& config) {
    const ChipProfile* chip = find_chip(config.chip);
    if (chip == nullptr) {
        throw std::invalid_argument(
            fmt::format("unknown chip '{}': one of {}", config.chip, chip_names()));
    }
    if (config.usb == UsbSpeed::high && !chip->high_speed) {
        throw std::invalid_argument(fmt::format("{} has no high-speed USB", chip->name));
    }
    return *chip;
}

Duration command_time(const BoardConfig& config) {
    return config.engine_ns ? Duration(*config.engine_ns) : bus_cost(config.usb).command;
}

bool is_in(std::uint8_t endpoint) noexcept { return (endpoint & 0x80U) != 0; }

}  // namespace

VirtualBoard::VirtualBoard(const BoardConfig& config, const std::string& serial, Clock& clock)
    : profile_(chip_for(config)),
      vendor_(config.vendor.value_or(ftdi_vendor)),
      product_(config.product.value_or(profile_.product)),
      serial_(config.serial.value_or(serial)),
      high_speed_(profile_.high_speed && config.usb != UsbSpeed::full),
      transfer_time_(bus_cost(config.usb).transfer),
      control_time_(bus_cost(config.usb).control),
      clock_(clock),
      chip_(std::make_unique<Chip>(Identity{profile_, vendor_, product_, serial_, high_speed_},
                                   command_time(config), counters_)) {
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
    chip_->catch_up(now);
    if (plugged) {
        attached_ = ++attachments_;
        chip_->power_up(now);
    } else {
        attached_ = 0;
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
    chip_->catch_up(now);
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
    chip_->catch_up(now);
    const ControlResult result = chip_->control(setup, data, now);
    chip_->catch_up(now);
    ++counters_.control_transfers;
    changed_locked();
    return result;
}

ControlResult VirtualBoard::finish_control(Attachment attachment, const SetupPacket& setup,
                                           std::span<std::uint8_t> data) {
    const TimePoint done = clock_.now() + control_time_;
    const ControlResult result = control(attachment, setup, data);
    if (control_time_ > Duration::zero() && result.status != UsbStatus::gone) {
        std::unique_lock lock(mutex_);
        while (clock_.now() < done) {
            pause(lock, done);
        }
    }
    return result;
}

void VirtualBoard::submit(BulkTransfer& /*transfer*/) {}

TimePoint VirtualBoard::advance(BulkTransfer& transfer) {
    const std::scoped_lock lock(mutex_);
    return advance_locked(transfer, clock_.now());
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
        if (cancelled) {
            transfer.status_ = UsbStatus::cancelled;
            return;
        }
        if (now >= deadline) {
            transfer.status_ = UsbStatus::timed_out;
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
        clock_.wait_until(lock, changed_, until);
    }
}

void VirtualBoard::begin(BulkTransfer& transfer, TimePoint now) {
    transfer.begun_ = true;
    transfer.not_before_ = now + transfer_time_;
    const bool in = is_in(transfer.endpoint_);
    Channel& channel = *chip_->channel_of(transfer.endpoint_);
    if (channel.halted(in)) {
        return;
    }
    take_fault(transfer, {FaultKind::timeout, FaultKind::stall, FaultKind::power_loss,
                          in ? FaultKind::status_only : FaultKind::nak});
    if (transfer.fault_ == FaultKind::stall) {
        channel.halted(in) = true;
    } else if (transfer.fault_ == FaultKind::power_loss) {
        chip_->power_up(now);
    }
}

void VirtualBoard::take_fault(BulkTransfer& transfer,
                              std::initializer_list<FaultKind> kinds) noexcept {
    if (std::find(kinds.begin(), kinds.end(), fault_) == kinds.end()) {
        return;
    }
    transfer.fault_ = fault_;
    if (fault_count_ > 0 && --fault_count_ == 0) {
        fault_ = FaultKind::none;
    }
}

TimePoint VirtualBoard::advance_locked(BulkTransfer& transfer, TimePoint now) {
    if (transfer.status_ != UsbStatus::pending) {
        return now;
    }
    if (transfer.attachment_ == 0 || transfer.attachment_ != attached_) {
        transfer.status_ = UsbStatus::gone;
        return now;
    }
    chip_->catch_up(now);
    Channel* channel = chip_->channel_of(transfer.endpoint_);
    if (channel == nullptr) {
        transfer.status_ = UsbStatus::stall;
        return now;
    }
    if (!transfer.begun_) {
        begin(transfer, now);
    }
    if (channel->halted(is_in(transfer.endpoint_))) {
        transfer.status_ = UsbStatus::stall;
        return now;
    }
    if (transfer.fault_ == FaultKind::timeout || transfer.fault_ == FaultKind::nak) {
        return TimePoint::max();
    }
    if (now < transfer.not_before_) {
        return transfer.not_before_;
    }
    const std::size_t before = transfer.bytes_;
    const TimePoint again = is_in(transfer.endpoint_) ? advance_in(transfer, *channel, now)
                                                      : advance_out(transfer, *channel, now);
    if (transfer.bytes_ != before) {
        changed_locked();
    }
    return again;
}

TimePoint VirtualBoard::advance_out(BulkTransfer& transfer, Channel& channel, TimePoint now) {
    while (transfer.bytes_ < transfer.outgoing_.size()) {
        auto packet = transfer.outgoing_.subspan(transfer.bytes_);
        packet = packet.first(std::min(packet.size(), packet_size()));
        if (!channel.accept(packet, now)) {
            return chip_->next_step();
        }
        transfer.bytes_ += packet.size();
        chip_->catch_up(now);
    }
    transfer.status_ = UsbStatus::complete;
    ++counters_.out_transfers;
    return now;
}

TimePoint VirtualBoard::advance_in(BulkTransfer& transfer, Channel& channel, TimePoint now) {
    bool more = !transfer.incoming_.empty();
    while (more) {
        const TimePoint due = channel.packet_due(now);
        if (due > now) {
            return std::min(due, chip_->next_step());
        }
        more = receive_packet(transfer, channel, now);
        chip_->catch_up(now);
    }
    if (transfer.status_ == UsbStatus::pending) {
        transfer.status_ = UsbStatus::complete;
        ++(transfer.carried_data_ ? counters_.in_transfers : counters_.status_only);
    }
    return now;
}

bool VirtualBoard::receive_packet(BulkTransfer& transfer, Channel& channel, TimePoint now) {
    std::array<std::uint8_t, 512> buffer{};
    const auto packet = std::span(buffer).first(packet_size());
    const bool with_payload = transfer.fault_ != FaultKind::status_only;
    std::size_t size = channel.take_packet(packet, with_payload, now);
    const bool last = size < packet.size();
    if (size > status_size) {
        transfer.carried_data_ = true;
        if (transfer.fault_ == FaultKind::none) {
            take_fault(transfer, {FaultKind::garbage, FaultKind::short_reply});
        }
        if (transfer.fault_ == FaultKind::garbage) {
            for (std::uint8_t& byte : packet.subspan(status_size, size - status_size)) {
                byte = static_cast<std::uint8_t>(~byte);
            }
        } else if (transfer.fault_ == FaultKind::short_reply && last) {
            --size;
        }
    }
    const auto room = transfer.incoming_.subspan(transfer.bytes_);
    const std::size_t fitting = std::min(size, room.size());
    std::copy_n(packet.begin(), fitting, room.begin());
    transfer.bytes_ += fitting;
    if (fitting < size) {
        transfer.status_ = UsbStatus::overflow;
        return false;
    }
    return !last && transfer.bytes_ < transfer.incoming_.size();
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
        clock_.wait_until(lock, changed_, until);
    }
}

void VirtualBoard::wake() {
    const std::scoped_lock lock(mutex_);
    changed_locked();
}

void VirtualBoard::set_fault(FaultKind kind, long count) {
    const std::scoped_lock lock(mutex_);
    fault_ = count == 0 ? FaultKind::none : kind;
    fault_count_ = count;
}

Counters VirtualBoard::counters() {
    const std::scoped_lock lock(mutex_);
    chip_->catch_up(clock_.now());
    return counters_;
}

}  // namespace gpiofs::sim
