// SPDX-License-Identifier: MIT
#include "gpio/event_node.h"

#include <utility>

namespace gpiofs::gpio {

void WakeList::notify_all() noexcept {
    std::unique_ptr<Wakeup> ordered;
    while (first_) {
        auto rest = std::exchange(first_->next_, std::move(ordered));
        ordered = std::exchange(first_, std::move(rest));
    }
    while (ordered) {
        ordered->notify();
        ordered = std::exchange(ordered->next_, nullptr);
    }
}

void EventNode::attach(Subscription& subscription) {
    const std::lock_guard lock(mutex_);
    subscriptions_.push_back(&subscription);
}

void EventNode::detach(Subscription& subscription) noexcept {
    std::unique_ptr<Wakeup> unused;
    const std::lock_guard lock(mutex_);
    std::erase(subscriptions_, &subscription);
    unused = std::move(subscription.wakeup_);
}

bool EventNode::poll(Subscription& subscription, std::unique_ptr<Wakeup> wakeup) {
    const std::lock_guard lock(mutex_);
    if (wakeup) {
        std::swap(subscription.wakeup_, wakeup);
    }
    return dead_ || subscription.seen_ != count_;
}

void EventNode::raise(WakeList& wake) noexcept {
    const std::lock_guard lock(mutex_);
    ++count_;
    take_wakeups(wake);
}

void EventNode::kill(WakeList& wake) noexcept {
    const std::lock_guard lock(mutex_);
    dead_ = true;
    take_wakeups(wake);
}

void EventNode::take_wakeups(WakeList& wake) noexcept {
    for (Subscription* subscription : subscriptions_) {
        if (subscription->wakeup_) {
            wake.take(std::move(subscription->wakeup_));
        }
    }
}

}  // namespace gpiofs::gpio
