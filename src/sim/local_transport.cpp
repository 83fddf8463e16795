// SPDX-License-Identifier: MIT
#include "sim/local_transport.h"

#include "base/error.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <span>
#include <utility>

namespace gpiofs::sim {
namespace {

constexpr std::uint8_t vendor_out = 0x40;
constexpr std::uint8_t vendor_in = 0xc0;
constexpr std::uint8_t standard_endpoint_out = 0x02;
constexpr std::uint8_t clear_feature = 0x01;
constexpr std::uint16_t endpoint_halt = 0;

std::uint8_t in_endpoint(unsigned interface) noexcept {
    return static_cast<std::uint8_t>(0x81U + 2 * interface);
}
std::uint8_t out_endpoint(unsigned interface) noexcept {
    return static_cast<std::uint8_t>(0x02U + 2 * interface);
}

std::error_code error_of(UsbStatus status) noexcept {
    switch (status) {
        case UsbStatus::complete:
            return {};
        case UsbStatus::stall:
            return errno_code(EPIPE);
        case UsbStatus::gone:
            return errno_code(ENODEV);
        case UsbStatus::timed_out:
            return errno_code(ETIMEDOUT);
        case UsbStatus::cancelled:
            return errno_code(ECANCELED);
        case UsbStatus::failed:
        case UsbStatus::pending:
        case UsbStatus::overflow:
            break;
    }
    return errno_code(EIO);
}

}  // namespace

LocalTransport::LocalTransport(std::shared_ptr<LocalBoard> board, unsigned interface)
    : board_(std::move(board)), chip_(board_->board()), interface_(interface) {}

LocalTransport::~LocalTransport() { board_->release(interface_); }

std::size_t LocalTransport::packet_size() const noexcept { return chip_.packet_size(); }

transport::Transfer LocalTransport::control(const SetupPacket& setup,
                                            std::span<std::uint8_t> data) {
    const ControlResult result = chip_.finish_control(board_->attachment(), setup, data);
    return {result.bytes, error_of(result.status)};
}

std::error_code LocalTransport::control_out(std::uint8_t request, std::uint16_t value,
                                            TimePoint /*deadline*/) {
    const SetupPacket setup{.request_type = vendor_out,
                            .request = request,
                            .value = value,
                            .index = static_cast<std::uint16_t>(interface_ + 1),
                            .length = 0};
    return control(setup, {}).error;
}

transport::Transfer LocalTransport::control_in(std::uint8_t request, std::uint16_t value,
                                               std::span<std::uint8_t> data,
                                               TimePoint /*deadline*/) {
    const SetupPacket setup{.request_type = vendor_in,
                            .request = request,
                            .value = value,
                            .index = static_cast<std::uint16_t>(interface_ + 1),
                            .length = static_cast<std::uint16_t>(data.size())};
    return control(setup, data);
}

transport::Transfer LocalTransport::finish(BulkTransfer transfer, TimePoint deadline) {
    chip_.finish(transfer, deadline, aborted_);
    return {transfer.bytes(), error_of(transfer.status())};
}

transport::Transfer LocalTransport::write(std::span<const std::uint8_t> data, TimePoint deadline) {
    if (aborted_) {
        return {0, errno_code(ECANCELED)};
    }
    return finish(BulkTransfer::out(board_->attachment(), out_endpoint(interface_), data),
                  deadline);
}

transport::Transfer LocalTransport::read(std::span<std::uint8_t> data, TimePoint deadline) {
    if (aborted_) {
        return {0, errno_code(ECANCELED)};
    }
    return finish(BulkTransfer::in(board_->attachment(), in_endpoint(interface_), data), deadline);
}

std::error_code LocalTransport::submit(transport::Direction direction,
                                       std::span<std::uint8_t> data) {
    if (aborted_) {
        return errno_code(ECANCELED);
    }
    const Attachment attachment = board_->attachment();
    if (direction == transport::Direction::in) {
        queued_in_.push_back(BulkTransfer::in(attachment, in_endpoint(interface_), data));
        chip_.submit(queued_in_.back());
    } else {
        queued_out_.push_back(BulkTransfer::out(attachment, out_endpoint(interface_), data));
        chip_.submit(queued_out_.back());
    }
    return {};
}

TimePoint LocalTransport::advance_oldest() {
    std::array<BulkTransfer*, 2> oldest{};
    std::size_t count = 0;
    for (auto* const queue : {&queued_in_, &queued_out_}) {
        if (!queue->empty()) {
            oldest.at(count++) = &queue->front();
        }
    }
    return chip_.advance(std::span(oldest).first(count));
}

std::optional<transport::EndedTransfer> LocalTransport::take_ended() {
    const auto ended = [](const std::deque<BulkTransfer>& queue) {
        return !queue.empty() && queue.front().status() != UsbStatus::pending;
    };
    const bool out = ended(queued_out_) && (!ended(queued_in_) || queued_out_.front().ordinal() <
                                                                      queued_in_.front().ordinal());
    auto& queue = out ? queued_out_ : queued_in_;
    if (!ended(queue)) {
        return std::nullopt;
    }
    const BulkTransfer& first = queue.front();
    const transport::EndedTransfer result{
        out ? transport::Direction::out : transport::Direction::in,
        {first.bytes(), error_of(first.status())}};
    queue.pop_front();
    return result;
}

std::optional<transport::EndedTransfer> LocalTransport::collect(TimePoint deadline) {
    while (!queued_in_.empty() || !queued_out_.empty()) {
        const std::uint64_t seen = chip_.changes();
        if (aborted_) {
            cancel();
        }
        const TimePoint next = advance_oldest();
        if (const auto ended = take_ended()) {
            return ended;
        }
        if (chip_.now() >= deadline) {
            return std::nullopt;
        }
        chip_.wait(seen, std::min(next, deadline));
    }
    return std::nullopt;
}

void LocalTransport::cancel() noexcept {
    const std::atomic<bool> at_once = true;
    for (auto* const queue : {&queued_out_, &queued_in_}) {
        // The youngest first: none moves what one before it did not.
        std::for_each(queue->rbegin(), queue->rend(), [&](BulkTransfer& transfer) {
            if (transfer.status() == UsbStatus::pending) {
                chip_.finish(transfer, TimePoint::max(), at_once);
            }
        });
    }
}

std::error_code LocalTransport::clear_halt(transport::Direction direction) {
    const bool in = direction == transport::Direction::in;
    const SetupPacket setup{.request_type = standard_endpoint_out,
                            .request = clear_feature,
                            .value = endpoint_halt,
                            .index = in ? in_endpoint(interface_) : out_endpoint(interface_),
                            .length = 0};
    return control(setup, {}).error;
}

void LocalTransport::abort() noexcept {
    aborted_ = true;
    chip_.wake();
}

}  // namespace gpiofs::sim
