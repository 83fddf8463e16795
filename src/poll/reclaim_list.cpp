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

void ReclaimList::push(std::unique_ptr<Retired> retired) {
    const std::lock_guard lock(mutex_);
    list_.push_back(std::move(retired));
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
        changed_.wait(lock, [this] { return ending_ || !list_.empty(); });
        if (list_.empty()) {
            return;
        }
        auto taken = std::exchange(list_, {});
        const auto count = taken.size();
        lock.unlock();
        for (auto& retired : taken) {
            retired->finish();
            retired.reset();
        }
        lock.lock();
        finished_ += count;
        changed_.notify_all();
    }
}

}  // namespace gpiofs::poll
