// SPDX-License-Identifier: MIT
#include "poll/reclaim_list.h"

#include "base/thread.h"

#include <utility>

namespace gpiofs::poll {

ReclaimList::ReclaimList() : owner_(start_thread("reclaim", [this] { run(); })) {}

ReclaimList::~ReclaimList() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
        changed_.notify_all();
    }
    owner_.join();
}

ReclaimList::Announced::Announced(ReclaimList& list) : list_(list) {
    const std::lock_guard lock(list_.mutex_);
    ++list_.announced_;
}

ReclaimList::Announced::~Announced() {
    const std::lock_guard lock(list_.mutex_);
    --list_.announced_;
    list_.changed_.notify_all();
}

void ReclaimList::push(std::unique_ptr<Retired> retired) noexcept {
    const std::lock_guard lock(mutex_);
    Retired* const pushed = retired.get();
    (list_ ? newest_->next_ : list_) = std::move(retired);
    newest_ = pushed;
    ++pushed_;
    changed_.notify_all();
}

void ReclaimList::drain() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return announced_ == 0; });
    const auto all = pushed_;
    changed_.wait(lock, [this, all] { return finished_ >= all; });
}

void ReclaimList::run() {
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock, [this] { return ending_ || list_; });
        if (!list_) {
            return;
        }
        auto taken = std::exchange(list_, nullptr);
        std::uint64_t count = 0;
        lock.unlock();
        while (taken) {
            taken->finish();
            taken = std::exchange(taken->next_, nullptr);
            ++count;
        }
        lock.lock();
        finished_ += count;
        changed_.notify_all();
    }
}

}  // namespace gpiofs::poll
