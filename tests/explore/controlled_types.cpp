// SPDX-License-Identifier: MIT
#include "base/sync.h"
#include "base/thread.h"
#include "scheduler.h"

#include <algorithm>

namespace gpiofs {

using explore::Scheduler;

Mutex::~Mutex() {
    if (Scheduler::is_running() && owner_ != nullptr) {
        Scheduler::running().fail("a mutex was destroyed while locked");
    }
}

void Mutex::lock() {
    alive_.check("a mutex");
    Scheduler& run = Scheduler::running();
    if (owner_ == &run.self()) {
        run.fail("a thread locks a mutex that it has locked already");
    }
    if (owner_ != nullptr || run.self().locks > 0) {
        run.step_when([this] { return owner_ == nullptr; }, "locks", this);
        alive_.check("a mutex");
    } else {
        run.note("locks", this);
    }
    take(run.self());
}

void Mutex::take(explore::Task& task) noexcept {
    owner_ = &task;
    ++task.locks;
}

void Mutex::let_go(explore::Task& task) noexcept {
    owner_ = nullptr;
    --task.locks;
}

bool Mutex::try_lock() {
    alive_.check("a mutex");
    Scheduler& run = Scheduler::running();
    run.step("tries to lock", this);
    alive_.check("a mutex");
    if (owner_ != nullptr) {
        return false;
    }
    take(run.self());
    return true;
}

void Mutex::unlock() {
    alive_.check("a mutex");
    Scheduler& run = Scheduler::running();
    if (owner_ != &run.self()) {
        run.fail("a mutex was unlocked by a thread that had not locked it");
    }
    let_go(run.self());
    if (run.self().locks == 0) {
        run.step("has unlocked", this);
    } else {
        run.note("unlocks", this);
    }
}

struct ConditionVariable::Waiter {
    explore::Task& task;
    bool notified = false;
};

ConditionVariable::~ConditionVariable() {
    if (Scheduler::is_running() && !waiters_.empty()) {
        Scheduler::running().fail("a condition variable was destroyed while a thread waits on it");
    }
}

void ConditionVariable::begin_notifying(const char* doing) {
    alive_.check("a condition variable");
    Scheduler& run = Scheduler::running();
    if (mutex_ != nullptr && mutex_->owner_ == &run.self()) {
        run.note(doing, this);
    } else {
        run.step(doing, this);
        alive_.check("a condition variable");
    }
}

void ConditionVariable::notify_one() noexcept {
    begin_notifying("notifies one of");
    Scheduler& run = Scheduler::running();
    const auto late = std::partition(waiters_.begin(), waiters_.end(),
                                     [](const Waiter* waiter) { return !waiter->task.timed_out; });
    if (const auto waiting = static_cast<std::size_t>(late - waiters_.begin()); waiting > 0) {
        const auto chosen = waiters_.begin() + static_cast<std::ptrdiff_t>(run.choose(waiting));
        (*chosen)->notified = true;
        (*chosen)->task.deadline.reset();
        waiters_.erase(chosen);
    }
}

void ConditionVariable::notify_all() noexcept {
    begin_notifying("notifies all of");
    for (Waiter* waiter : std::exchange(waiters_, {})) {
        waiter->notified = true;
        waiter->task.deadline.reset();
    }
}

std::cv_status ConditionVariable::wait_until(std::unique_lock<Mutex>& lock, Time until) {
    alive_.check("a condition variable");
    Scheduler& run = Scheduler::running();
    Mutex& mutex = *lock.mutex();
    mutex.alive_.check("a mutex");
    explore::Task& task = run.self();
    if (mutex.owner_ != &task) {
        run.fail("a thread waits with a mutex that it has not locked");
    }
    mutex_ = &mutex;
    mutex.let_go(task);
    Waiter waiter{task};
    waiters_.push_back(&waiter);
    task.timed_out = until <= run.now();
    if (!task.timed_out && until != Time::max()) {
        task.deadline = until;
    }
    run.step_when([&] { return (waiter.notified || task.timed_out) && mutex.owner_ == nullptr; },
                  "waits on", this);
    mutex.alive_.check("a mutex");
    mutex.take(task);
    if (waiter.notified) {
        return std::cv_status::no_timeout;
    }
    std::erase(waiters_, &waiter);
    return std::cv_status::timeout;
}

ConditionVariable::Time ConditionVariable::after(std::chrono::nanoseconds time) {
    return Scheduler::running().now() + time;
}

Thread& Thread::operator=(Thread&& other) noexcept {
    if (joinable()) {
        Scheduler::running().fail("a thread was overwritten that nobody has joined");
    }
    task_ = std::exchange(other.task_, nullptr);
    return *this;
}

Thread::~Thread() {
    if (Scheduler::is_running() && joinable()) {
        Scheduler::running().fail("a thread was destroyed that nobody has joined");
    }
}

void Thread::join() {
    alive_.check("a thread");
    Scheduler& run = Scheduler::running();
    if (!joinable()) {
        run.fail("a thread was joined that is none");
    }
    if (task_ == &run.self()) {
        run.fail("self join: the thread " + task_->name + " joins itself");
    }
    run.step_when([this] { return task_->ended; }, "joins", task_);
    alive_.check("a thread");
    task_ = nullptr;
}

Thread start_thread(const char* name, std::function<void()> body) {
    Scheduler& run = Scheduler::running();
    Thread thread(run.start(name, std::move(body)));
    run.step("has started a thread");
    return thread;
}

}  // namespace gpiofs
