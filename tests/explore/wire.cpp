// SPDX-License-Identifier: MIT
#include "wire.h"

#include "base/error.h"
#include "mpsse/command.h"
#include "scenario.h"

#include <algorithm>
#include <cerrno>
#include <utility>

namespace gpiofs::explore {

namespace {

/// What the engine answers to an opcode that it does not know, before the opcode.
constexpr std::uint8_t refusal = 0xfa;

}  // namespace

using mpsse::Opcode;
using transport::Transfer;

std::unique_ptr<transport::Transport> Wire::connect() {
    return std::make_unique<WireTransport>(*this);
}

WireTransport::~WireTransport() {
    require(!wire_.in_transfer, "the transport was destroyed during a transfer");
    require(!wire_.released, "the interface was released twice");
    wire_.released = true;
}

std::error_code WireTransport::transfer(const char* doing) {
    alive_.check("the transport");
    require(!wire_.in_transfer, "two threads transfer at once");
    require(wire_.stops == 0, "a transfer came after the engine was stopped");
    ++wire_.transfers;
    if (const auto call = std::exchange(wire_.at_next_transfer, nullptr)) {
        call();
    }
    wire_.in_transfer = true;
    Scheduler::running().step_when([this] { return !wire_.silent || wire_.gone || wire_.aborted; },
                                   doing);
    alive_.check("the transport");
    wire_.in_transfer = false;
    if (wire_.aborted) {
        return errno_code(ECANCELED);
    }
    if (wire_.gone) {
        return errno_code(ENODEV);
    }
    if (wire_.time_outs > 0) {
        --wire_.time_outs;
        return errno_code(ETIMEDOUT);
    }
    return {};
}

std::error_code WireTransport::control_out(std::uint8_t /*request*/, std::uint16_t /*value*/,
                                           TimePoint /*deadline*/) {
    alive_.check("the transport");
    require(!wire_.in_transfer, "the engine was stopped during a transfer");
    require(wire_.stops == 0, "the engine was stopped twice");
    Scheduler::running().step("sends a request");
    return wire_.gone ? errno_code(ENODEV) : std::error_code{};
}

Transfer WireTransport::control_in(std::uint8_t /*request*/, std::uint16_t /*value*/,
                                   std::span<std::uint8_t> /*data*/, TimePoint /*deadline*/) {
    require(false, "nobody reads by control requests");
    return {};
}

Transfer WireTransport::write(std::span<const std::uint8_t> data, TimePoint /*deadline*/) {
    if (const auto error = transfer("writes")) {
        return {0, error};
    }
    for (std::size_t i = 0; i < data.size(); ++i) {
        switch (static_cast<Opcode>(data[i])) {
            case Opcode::set_low:
            case Opcode::set_high:
                i += 2;
                break;
            case Opcode::get_low:
            case Opcode::get_high:
                replies_.push_back(wire_.levels);
                break;
            case Opcode::send_immediate:
                break;
            case Opcode::bad:
            case Opcode::other_bad:
                replies_.push_back(refusal);
                replies_.push_back(data[i]);
                break;
            default:
                require(false, "an opcode that no scenario leads to");
        }
    }
    return {data.size(), {}};
}

Transfer WireTransport::read(std::span<std::uint8_t> data, TimePoint /*deadline*/) {
    if (const auto error = transfer("reads")) {
        return {0, error};
    }
    constexpr std::size_t status_bytes = 2;
    const std::size_t size = std::min(data.size(), replies_.size() + status_bytes);
    const auto end = replies_.begin() + static_cast<std::ptrdiff_t>(size - status_bytes);
    std::fill_n(data.begin(), status_bytes, std::uint8_t{0});
    std::copy(replies_.begin(), end, data.begin() + status_bytes);
    replies_.erase(replies_.begin(), end);
    return {size, {}};
}

std::error_code WireTransport::submit(transport::Direction direction,
                                      std::span<std::uint8_t> data) {
    alive_.check("the transport");
    require(wire_.stops == 0, "a transfer came after the engine was stopped");
    if (wire_.aborted) {
        return errno_code(ECANCELED);
    }
    queued_.push_back({direction, data});
    return {};
}

std::optional<transport::EndedTransfer> WireTransport::collect(TimePoint deadline) {
    if (queued_.empty()) {
        return std::nullopt;
    }
    // An OUT has ended as soon as it was queued, an IN as soon as there was something for it.
    auto first = std::find_if(queued_.begin(), queued_.end(), [this](const Queued& one) {
        return one.cancelled || one.direction == transport::Direction::out || !replies_.empty();
    });
    if (first == queued_.end()) {
        first = queued_.begin();
    }
    const Queued ended = *first;
    queued_.erase(first);
    if (ended.cancelled) {
        return transport::EndedTransfer{ended.direction, {0, errno_code(ECANCELED)}};
    }
    const bool out = ended.direction == transport::Direction::out;
    return transport::EndedTransfer{ended.direction,
                                    out ? write(ended.data, deadline) : read(ended.data, deadline)};
}

void WireTransport::cancel() noexcept {
    for (Queued& one : queued_) {
        one.cancelled = true;
    }
}

std::error_code WireTransport::clear_halt(transport::Direction /*direction*/) {
    require(false, "nothing stalls here");
    return {};
}

void WireTransport::abort() noexcept {
    Scheduler::running().step("aborts the transfer");
    alive_.check("the transport");
    wire_.aborted = true;
}

void WireTransport::give_back_driver(bool /*yes*/) noexcept {
    alive_.check("the transport");
    require(!wire_.in_transfer, "the engine was stopped during a transfer");
    ++wire_.stops;
}

}  // namespace gpiofs::explore
