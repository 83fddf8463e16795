// SPDX-License-Identifier: MIT
#include "sim/bus.h"

#include <algorithm>
#include <array>
#include <span>

namespace gpiofs::sim {
namespace {

constexpr std::size_t status_size = 2;
/// Transfers of one endpoint that are under way without memory being asked for.
constexpr std::size_t usual_transfers = 64;

}  // namespace

Bus::Bus(const BusTiming& timing, Chip& chip, Counters& counters)
    : timing_(timing), chip_(chip), counters_(counters) {
    for (unsigned interface = 0; interface < chip.identity().chip.interfaces; ++interface) {
        for (const bool in : {false, true}) {
            pipes_.push_back({chip.channel(interface), in, {}, {}, {}, {}});
            pipes_.back().transfers.reserve(usual_transfers);
        }
    }
}

std::optional<std::size_t> Bus::pipe_of(const BulkTransfer& transfer) const noexcept {
    const unsigned number = transfer.endpoint_ & 0x0fU;
    // 0x81 and 0x02 are A's, 0x83 and 0x04 B's.
    if (number == 0 || transfer.is_in() != (number % 2 == 1)) {
        return std::nullopt;
    }
    const std::size_t index = (number - 1) / 2 * 2 + (transfer.is_in() ? 1 : 0);
    return index < pipes_.size() ? std::optional(index) : std::nullopt;
}

void Bus::submit(BulkTransfer& transfer, TimePoint now) {
    if (pending_ != 0 || fault_ != FaultKind::none) {
        catch_up(now);  // otherwise nothing here depends on what has happened by now
    }
    transfer.progress_.queued_at = now + timing_.submit;
    const auto index = pipe_of(transfer);
    if (!index) {
        transfer.progress_.outcome = UsbStatus::stall;
        transfer.progress_.told_at = now;
        transfer.progress_.ordinal = next_ordinal();
        return;
    }
    Pipe& pipe = pipes_[*index];
    ++pending_;
    pipe.transfers.push_back(&transfer);
    if (pipe.transfers.size() == 1) {
        begin(pipe);
    }
}

void Bus::withdraw(const BulkTransfer& transfer) {
    const auto index = pipe_of(transfer);
    if (!index) {
        return;
    }
    Pipe& pipe = pipes_[*index];
    const auto found = std::find(pipe.transfers.begin(), pipe.transfers.end(), &transfer);
    if (found == pipe.transfers.end()) {
        return;
    }
    const bool oldest = found == pipe.transfers.begin();
    pipe.transfers.erase(found);
    --pending_;
    if (!oldest) {
        return;
    }
    if (in_flight_.pipe == &pipe) {
        in_flight_ = {};
    }
    if (!pipe.transfers.empty()) {
        begin(pipe);
    }
}

void Bus::relocate(const BulkTransfer& from, BulkTransfer& to) noexcept {
    if (const auto index = pipe_of(from)) {
        auto& transfers = pipes_[*index].transfers;
        const auto is_from = [&](const BulkTransfer* one) { return one == &from; };
        std::replace_if(transfers.begin(), transfers.end(), is_from, &to);
    }
}

void Bus::clear() noexcept {
    in_flight_ = {};
    pending_ = 0;
    for (Pipe& pipe : pipes_) {
        pipe.transfers.clear();
        pipe.late.clear();
    }
}

void Bus::set_fault(FaultKind kind, long count) noexcept {
    fault_ = count == 0 ? FaultKind::none : kind;
    fault_count_ = count;
}

void Bus::begin(Pipe& pipe) {
    BulkTransfer& transfer = *pipe.transfers.front();
    const TimePoint queued = transfer.progress_.queued_at;
    // What is queued while the endpoint is at work follows on without a new start.
    pipe.ready_at = queued <= pipe.ended_at ? queued : timing_.frame_start(queued);
    if (pipe.channel.halted(pipe.in)) {
        return;
    }
    if (pipe.in) {
        take_fault(transfer, {FaultKind::timeout, FaultKind::stall, FaultKind::endpoint_gone,
                              FaultKind::power_loss, FaultKind::status_only});
    } else {
        take_fault(transfer, {FaultKind::timeout, FaultKind::stall, FaultKind::endpoint_gone,
                              FaultKind::power_loss, FaultKind::nak, FaultKind::cut});
    }
    if (transfer.progress_.fault == FaultKind::stall) {
        pipe.channel.halted(pipe.in) = true;
    } else if (transfer.progress_.fault == FaultKind::power_loss) {
        chip_.power_up(chip_.now());
    }
}

void Bus::end(Pipe& pipe, UsbStatus outcome, TimePoint at) {
    BulkTransfer::Progress& progress = pipe.transfers.front()->progress_;
    progress.outcome = outcome;
    progress.told_at = at + timing_.complete;
    progress.ordinal = next_ordinal();
    if (outcome == UsbStatus::complete) {
        ++(!pipe.in                ? counters_.out_transfers
           : progress.carried_data ? counters_.in_transfers
                                   : counters_.status_only);
    }
    pipe.ended_at = at;
    pipe.transfers.erase(pipe.transfers.begin());
    --pending_;
    if (!pipe.transfers.empty()) {
        begin(pipe);
    }
}

void Bus::take_fault(BulkTransfer& transfer, std::initializer_list<FaultKind> kinds) noexcept {
    if (fault_ == FaultKind::none || std::find(kinds.begin(), kinds.end(), fault_) == kinds.end()) {
        return;
    }
    transfer.progress_.fault = fault_;
    if (fault_count_ > 0 && --fault_count_ == 0) {
        fault_ = FaultKind::none;
    }
}

void Bus::catch_up(TimePoint now) {
    while (true) {
        const NextPacket next = next_packet();
        const TimePoint event = std::min(next.at, in_flight_.arrives);
        if (!chip_.catch_up(std::min(event, now), pending_ != 0)) {
            continue;  // stopped at a step after which an endpoint may have become ready
        }
        if (event > now) {
            return;
        }
        if (in_flight_.pipe != nullptr) {
            deliver();
        } else {
            last_pipe_ = next.pipe;
            start_packet(pipes_[next.pipe], next.at);
        }
    }
}

Bus::NextPacket Bus::next_packet() const noexcept {
    NextPacket next;
    if (pending_ == 0 || in_flight_.pipe != nullptr) {
        return next;
    }
    std::size_t index = last_pipe_;
    do {
        index = index + 1 < pipes_.size() ? index + 1 : 0;
        const Pipe& pipe = pipes_[index];
        if (!pipe.transfers.empty()) {
            const TimePoint at = packet_start(pipe);
            if (at < next.at) {
                next = {index, at};
            }
        }
    } while (index != last_pipe_);
    return next;
}

TimePoint Bus::packet_start(const Pipe& pipe) const noexcept {
    const BulkTransfer& transfer = *pipe.transfers.front();
    const FaultKind fault = transfer.progress_.fault;
    if (fault == FaultKind::timeout || fault == FaultKind::nak ||
        (fault == FaultKind::cut && transfer.progress_.moved > 0)) {
        return TimePoint::max();
    }
    const TimePoint at = std::max({pipe.ready_at, free_at_, chip_.now()});
    if (pipe.channel.halted(pipe.in) || fault == FaultKind::endpoint_gone) {
        return at;
    }
    if (pipe.in) {
        return transfer.incoming_.empty() ? at : std::max(at, pipe.channel.packet_due(at));
    }
    return pipe.channel.can_accept() ? at : TimePoint::max();
}

void Bus::start_packet(Pipe& pipe, TimePoint at) {
    const BulkTransfer& transfer = *pipe.transfers.front();
    const bool halted = pipe.channel.halted(pipe.in);
    const FaultKind fault = transfer.progress_.fault;
    const bool failed = !halted && fault == FaultKind::endpoint_gone;
    if (halted || failed || (pipe.in && transfer.incoming_.empty())) {
        free_at_ = at + timing_.packet_time(0);
        end(pipe,
            halted   ? UsbStatus::stall
            : failed ? UsbStatus::failed
                     : UsbStatus::complete,
            free_at_);
    } else if (pipe.in) {
        take_packet(pipe, at);
    } else {
        const std::size_t left = transfer.outgoing_.size() - transfer.progress_.moved;
        const std::size_t most = fault == FaultKind::cut ? 1 : timing_.packet_size;
        const std::size_t size = std::min(left, most);
        free_at_ = at + timing_.packet_time(size);
        in_flight_ = {&pipe, size, free_at_};
        if (free_at_ == at) {
            deliver();
        }
    }
}

void Bus::deliver() {
    Pipe& pipe = *in_flight_.pipe;
    const TimePoint at = in_flight_.arrives;
    BulkTransfer& transfer = *pipe.transfers.front();
    std::size_t& moved = transfer.progress_.moved;
    pipe.channel.accept(transfer.outgoing_.subspan(moved, in_flight_.size), at);
    moved += in_flight_.size;
    in_flight_ = {};
    if (moved == transfer.outgoing_.size()) {
        end(pipe, UsbStatus::complete, at);
    }
}

void Bus::take_packet(Pipe& pipe, TimePoint at) {
    BulkTransfer& transfer = *pipe.transfers.front();
    BulkTransfer::Progress& progress = transfer.progress_;
    std::array<std::uint8_t, 512> buffer;
    const auto packet = std::span(buffer).first(timing_.packet_size);
    const bool with_payload = progress.fault != FaultKind::status_only;
    std::size_t size = pipe.channel.take_packet(packet, with_payload, at);
    if (size > status_size) {
        if (progress.fault == FaultKind::none) {
            take_fault(transfer, {FaultKind::garbage, FaultKind::short_reply, FaultKind::late});
        }
        size = put_off(pipe, progress.fault == FaultKind::late, packet, size);
    }
    const bool last = size < packet.size();
    if (size > status_size) {
        progress.carried_data = true;
        if (progress.fault == FaultKind::garbage) {
            for (std::uint8_t& byte : packet.subspan(status_size, size - status_size)) {
                byte = static_cast<std::uint8_t>(~byte);
            }
        } else if (progress.fault == FaultKind::short_reply && last) {
            --size;
        }
    }
    free_at_ = at + timing_.packet_time(size);
    const auto room = transfer.incoming_.subspan(progress.moved);
    const std::size_t fitting = std::min(size, room.size());
    std::copy_n(packet.begin(), fitting, room.begin());
    progress.moved += fitting;
    if (fitting < size) {
        end(pipe, UsbStatus::overflow, free_at_);
    } else if (last || fitting == room.size()) {
        end(pipe, UsbStatus::complete, free_at_);
    }
}

std::size_t Bus::put_off(Pipe& pipe, bool late, std::span<std::uint8_t> packet, std::size_t size) {
    if (!late && pipe.late.empty()) {
        return size;
    }
    const std::size_t owed = pipe.late.size();
    const auto payload = packet.first(size).subspan(status_size);
    pipe.late.insert(pipe.late.end(), payload.begin(), payload.end());
    const std::size_t fitting =
        std::min(late ? owed : pipe.late.size(), packet.size() - status_size);
    const auto end = pipe.late.begin() + static_cast<std::ptrdiff_t>(fitting);
    std::copy(pipe.late.begin(), end, packet.begin() + status_size);
    pipe.late.erase(pipe.late.begin(), end);
    return status_size + fitting;
}

TimePoint Bus::earliest_end(const BulkTransfer& transfer) const noexcept {
    const BulkTransfer::Progress& progress = transfer.progress_;
    if (progress.outcome != UsbStatus::pending) {
        return progress.told_at;
    }
    const TimePoint next = std::min({next_packet().at, in_flight_.arrives, chip_.next_step()});
    return next == TimePoint::max() ? next : next + time_left(transfer) + timing_.complete;
}

Duration Bus::time_left(const BulkTransfer& transfer) const noexcept {
    const Pipe& pipe = pipes_[*pipe_of(transfer)];
    if (pipe.in || pipe.channel.halted(pipe.in)) {
        return timing_.packet_time(0);  // any packet may be the last
    }
    std::size_t left = transfer.outgoing_.size() - transfer.progress_.moved;
    if (in_flight_.pipe == &pipe && pipe.transfers.front() == &transfer) {
        left -= in_flight_.size;
        if (left == 0) {
            return Duration::zero();
        }
    }
    return timing_.packets_time(left);
}

}  // namespace gpiofs::sim
