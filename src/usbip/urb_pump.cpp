// SPDX-License-Identifier: MIT
#include "usbip/urb_pump.h"

#include "usbip/socket_io.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>
#include <utility>

namespace gpiofs::usbip {
namespace {

constexpr std::size_t most_pending_bytes = 4 * std::size_t{longest_transfer};
constexpr std::size_t most_pending = 4096;

std::int32_t status_of(sim::UsbStatus status) noexcept {
    switch (status) {
        case sim::UsbStatus::complete:
            return 0;
        case sim::UsbStatus::stall:
            return -EPIPE;
        case sim::UsbStatus::overflow:
            return -EOVERFLOW;
        case sim::UsbStatus::gone:
            return -ESHUTDOWN;
        default:
            return -EPROTO;
    }
}

std::uint8_t address_of(const Submit& submit) noexcept {
    return static_cast<std::uint8_t>(submit.endpoint | (submit.in ? 0x80U : 0U));
}

}  // namespace

UrbPump::UrbPump(sim::VirtualBoard& board, sim::Attachment attachment, int socket)
    : board_(board), attachment_(attachment), socket_(socket) {
    thread_ = std::thread([this] { run(); });
}

UrbPump::~UrbPump() {
    ended_ = true;
    board_.wake();
    thread_.join();
}

bool UrbPump::submit(const Submit& submit, std::vector<std::uint8_t> data) {
    data.resize(submit.length);
    {
        const std::scoped_lock lock(mutex_);
        pending_bytes_ += submit.length;
        ++pending_count_;
        if (pending_bytes_ > most_pending_bytes || pending_count_ > most_pending) {
            return false;
        }
        if (submit.endpoint == 0) {
            orders_.emplace_back(ControlUrb{submit, std::move(data)});
        } else {
            const std::span<std::uint8_t> bytes(data);
            auto transfer = submit.in
                                ? sim::BulkTransfer::in(attachment_, address_of(submit), bytes)
                                : sim::BulkTransfer::out(attachment_, address_of(submit), bytes);
            // A moved vector keeps its memory, so the transfer's view of it stays good.
            orders_.emplace_back(Urb{submit, std::move(data), std::move(transfer)});
        }
    }
    board_.wake();
    return true;
}

bool UrbPump::unlink(const Unlink& unlink) {
    {
        const std::scoped_lock lock(mutex_);
        if (orders_.size() > most_pending) {
            return false;
        }
        orders_.emplace_back(unlink);
    }
    board_.wake();
    return true;
}

void UrbPump::run() {
    while (!ended_) {
        const std::uint64_t seen = board_.changes();
        if (board_.attachment() != attachment_) {
            end();
            return;
        }
        take_orders();
        const TimePoint again = advance_all();
        if (!ended_) {
            board_.wait(seen, again);
        }
    }
}

void UrbPump::take_orders() {
    std::vector<Order> orders;
    {
        const std::scoped_lock lock(mutex_);
        orders.swap(orders_);
    }
    for (Order& order : orders) {
        std::visit([this](auto&& one) { obey(std::forward<decltype(one)>(one)); },
                   std::move(order));
    }
}

void UrbPump::obey(Urb&& urb) {
    auto& urbs = endpoints_[urb.transfer.endpoint()];
    urbs.push_back(std::move(urb));
    board_.submit(urbs.back().transfer);
}

void UrbPump::obey(ControlUrb&& urb) {
    const sim::ControlResult result = board_.control(attachment_, urb.submit.setup, urb.data);
    reply(urb.submit, status_of(result.status), result.bytes, urb.data);
}

void UrbPump::obey(const Unlink& unlink) {
    advance_all();  // for what has moved, and what has ended, until now
    for (auto& [address, urbs] : endpoints_) {
        const auto victim = std::find_if(urbs.begin(), urbs.end(), [&](const Urb& urb) {
            return urb.submit.sequence == unlink.victim;
        });
        if (victim == urbs.end()) {
            continue;
        }
        const Urb urb = std::move(*victim);
        urbs.erase(victim);
        if (urb.transfer.bytes() > 0) {
            // Bytes that have moved would be lost: it ends as a cancelled URB of a real bus does,
            // and for the protocol it has ended before it could be unlinked.
            reply(urb.submit, -ECONNRESET, urb.transfer.bytes(), urb.data);
            break;
        }
        forget(urb.submit);
        send(unlink_reply(unlink.sequence, -ECONNRESET), {});
        return;
    }
    send(unlink_reply(unlink.sequence, 0), {});
}

TimePoint UrbPump::advance_all() {
    TimePoint again = TimePoint::max();
    while (!ended_) {
        oldest_.clear();
        for (auto& [address, urbs] : endpoints_) {
            if (!urbs.empty()) {
                oldest_.push_back(&urbs.front().transfer);
            }
        }
        again = board_.advance(oldest_);
        const auto first = std::min_element(
            oldest_.begin(), oldest_.end(),
            [](const sim::BulkTransfer* one, const sim::BulkTransfer* other) {
                const bool ended = one->status() != sim::UsbStatus::pending;
                const bool other_ended = other->status() != sim::UsbStatus::pending;
                return ended && (!other_ended || one->ordinal() < other->ordinal());
            });
        if (first == oldest_.end() || (*first)->status() == sim::UsbStatus::pending) {
            break;
        }
        auto& urbs = endpoints_[(*first)->endpoint()];
        const Urb& urb = urbs.front();
        reply(urb.submit, status_of(urb.transfer.status()), urb.transfer.bytes(), urb.data);
        urbs.pop_front();
    }
    return again;
}

void UrbPump::reply(const Submit& submit, std::int32_t status, std::size_t length,
                    const std::vector<std::uint8_t>& data) {
    forget(submit);
    const bool too_short =
        status == 0 && submit.in && submit.short_not_ok && length < submit.length;
    const auto head = submit_reply(submit.sequence, too_short ? -EREMOTEIO : status,
                                   static_cast<std::uint32_t>(length));
    send(head, std::span(data).first(submit.in ? length : 0));
}

void UrbPump::forget(const Submit& submit) {
    const std::scoped_lock lock(mutex_);
    pending_bytes_ -= submit.length;
    --pending_count_;
}

void UrbPump::send(const std::array<std::uint8_t, command_size>& head,
                   std::span<const std::uint8_t> data) {
    message_.assign(head.begin(), head.end());
    message_.insert(message_.end(), data.begin(), data.end());
    if (!send_all(socket_, message_)) {
        end();
    }
}

void UrbPump::end() noexcept {
    ended_ = true;
    ::shutdown(socket_, SHUT_RDWR);
}

}  // namespace gpiofs::usbip
