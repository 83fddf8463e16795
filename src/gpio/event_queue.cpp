#include "gpio/event_queue.h"

#include <utility>

namespace gpiofs::gpio {

std::optional<EventQueue::Entry> EventQueue::take() {
    const std::lock_guard lock(mutex_);
    if (edges_.empty()) {
        return std::nullopt;
    }
    const Entry entry{edges_.front(), std::exchange(lost_, 0)};
    edges_.pop_front();
    return entry;
}

EventQueue::State EventQueue::ask(Sleeper sleeper, std::unique_ptr<Wakeup> wakeup) {
    const std::lock_guard lock(mutex_);
    if (wakeup) {
        std::swap(wakeups_.at(static_cast<std::size_t>(sleeper)), wakeup);
    }
    return {!edges_.empty(), ended_};
}

void EventQueue::push(const EdgeEvent& edge, WakeList& wake) {
    const std::lock_guard lock(mutex_);
    if (edges_.size() == capacity) {
        edges_.pop_front();
        ++lost_;
    }
    edges_.push_back(edge);
    take_wakeups(wake);
}

void EventQueue::end(WakeList& wake) {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    take_wakeups(wake);
}

void EventQueue::take_wakeups(WakeList& wake) {
    for (auto& wakeup : wakeups_) {
        if (wakeup) {
            wake.take(std::move(wakeup));
        }
    }
}

}  // namespace gpiofs::gpio
