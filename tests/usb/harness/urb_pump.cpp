// SPDX-License-Identifier: MIT
#include "usb/harness/urb_pump.h"

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <set>
#include <utility>
#include <vector>

namespace gpiofs::tests {

namespace {

/// What the kernel writes into a URB; see "URB status codes" in its USB error code documentation.
int urb_status(sim::UsbStatus status) noexcept {
    switch (status) {
        case sim::UsbStatus::complete:
            return 0;
        case sim::UsbStatus::stall:
            return -EPIPE;
        case sim::UsbStatus::overflow:
            return -EOVERFLOW;
        case sim::UsbStatus::failed:
            return -EPROTO;
        default:
            return -ESHUTDOWN;
    }
}

}  // namespace

std::mutex& usbfs_mutex() {
    static std::mutex mutex;
    return mutex;
}

UrbPump::UrbPump(sim::VirtualBoard& board, std::function<void(bool)> ready)
    : board_(board), ready_(std::move(ready)), thread_([this] { run(); }) {}

UrbPump::~UrbPump() {
    {
        const std::lock_guard lock(usbfs_mutex());
        stop_ = true;
    }
    board_.wake();
    thread_.join();
}

void UrbPump::submit(std::unique_ptr<Urb> urb) {
    const bool over = !urb->bulk || wire_error_ != 0;
    const int status = wire_error_ != 0 ? wire_error_ : urb->status;
    pending_.push_back(std::move(urb));
    if (over) {
        finish(std::prev(pending_.end()), status);
    } else {
        board_.submit(*pending_.back()->bulk);
        advance();
        board_.wake();
    }
}

int UrbPump::discard(const void* owner, std::uintptr_t address) {
    advance();
    const auto found = std::find_if(pending_.begin(), pending_.end(), [&](const auto& urb) {
        return urb->owner == owner && urb->header->client_addr == address;
    });
    if (found == pending_.end()) {
        return -EINVAL;
    }
    finish(found, -ENOENT);
    return 0;
}

std::unique_ptr<Urb> UrbPump::reap(const void* owner) {
    const auto found = std::find_if(done_.begin(), done_.end(),
                                    [&](const auto& urb) { return urb->owner == owner; });
    if (found == done_.end()) {
        return nullptr;
    }
    auto urb = std::move(*found);
    done_.erase(found);
    ready_(!done_.empty());
    return urb;
}

void UrbPump::drop(const void* owner) {
    const auto of_owner = [&](const auto& urb) { return urb->owner == owner; };
    pending_.remove_if(of_owner);
    done_.remove_if(of_owner);
    ready_(!done_.empty());
}

void UrbPump::set_wire_error(int status) {
    advance();
    wire_error_ = status;
    while (status != 0 && !pending_.empty()) {
        finish(pending_.begin(), status);
    }
}

void UrbPump::end_interface(unsigned number, int status) {
    advance();
    for (auto urb = pending_.begin(); urb != pending_.end();) {
        const auto next = std::next(urb);
        if (interface_of((*urb)->bulk->endpoint()) == number) {
            finish(urb, status);
        }
        urb = next;
    }
}

void UrbPump::finish(Urbs::iterator urb, int status) {
    if ((*urb)->bulk) {
        (*urb)->actual = (*urb)->bulk->bytes();
        (*urb)->bulk.reset();  // nothing more moves
    }
    (*urb)->status = status;
    done_.push_back(std::move(*urb));
    pending_.erase(urb);
    ready_(true);
}

void UrbPump::run() {
    for (;;) {
        const auto seen = board_.changes();
        TimePoint until = TimePoint::max();
        {
            const std::lock_guard lock(usbfs_mutex());
            if (stop_) {
                return;
            }
            until = advance();
        }
        board_.wait(seen, until);
    }
}

/// Finishes what the board has ended, in that order; when it is worth trying again.
TimePoint UrbPump::advance() {
    while (true) {
        std::set<std::uint8_t> endpoints;
        std::vector<Urbs::iterator> oldest;
        std::vector<sim::BulkTransfer*> transfers;
        for (auto urb = pending_.begin(); urb != pending_.end(); ++urb) {
            if (endpoints.insert((*urb)->bulk->endpoint()).second) {
                oldest.push_back(urb);
                transfers.push_back(&*(*urb)->bulk);
            }
        }
        const TimePoint again = board_.advance(transfers);
        std::erase_if(oldest, [](Urbs::iterator urb) {
            return (*urb)->bulk->status() == sim::UsbStatus::pending;
        });
        if (oldest.empty()) {
            return again;
        }
        const auto first = *std::min_element(
            oldest.begin(), oldest.end(), [](Urbs::iterator one, Urbs::iterator other) {
                return (*one)->bulk->ordinal() < (*other)->bulk->ordinal();
            });
        finish(first, urb_status((*first)->bulk->status()));
    }
}

}  // namespace gpiofs::tests
