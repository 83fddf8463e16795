// SPDX-License-Identifier: MIT
#pragma once

#include "alive.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace gpiofs::explore {
struct Task;
}

/// In the place of src/base/sync.h: the same names, but who goes on, who is woken and whether a
/// wait times out is decided by a scheduler (scheduler.h), which tries everything. What the std
/// types leave undefined is reported as a failure of the run: a mutex unlocked by another thread
/// or destroyed while locked, a condition destroyed while somebody waits, a thread that joins
/// itself or is destroyed unjoined, and the use of any of them after its end.
///
/// A thread may have to stand back for another before it takes a lock while it holds one or another
/// thread has it, once it has let go of the last lock, before a notification without the waiters'
/// lock, and where it starts a thread or blocks. In between it goes on: as what threads share is
/// guarded by locks, which ThreadSanitizer watches in other tests, whatever others do there
/// commutes with what it does (Lipton, Reduction, 1975), so that no outcome is left out.
///
/// No wake-up comes without a reason: the shipped code waits with predicates only, for which one
/// more look at the predicate is no other behaviour.
namespace gpiofs {

class Mutex {
  public:
    Mutex() = default;
    Mutex(const Mutex&) = delete;
    Mutex& operator=(const Mutex&) = delete;
    ~Mutex();

    void lock();
    bool try_lock();
    void unlock();

  private:
    friend class ConditionVariable;
    void take(explore::Task& task) noexcept;
    void let_go(explore::Task& task) noexcept;

    explore::Alive alive_;
    const explore::Task* owner_ = nullptr;
};

class ConditionVariable {
  public:
    using Time = std::chrono::time_point<std::chrono::steady_clock, std::chrono::nanoseconds>;

    ConditionVariable() = default;
    ConditionVariable(const ConditionVariable&) = delete;
    ConditionVariable& operator=(const ConditionVariable&) = delete;
    ~ConditionVariable();

    void notify_one() noexcept;
    void notify_all() noexcept;

    void wait(std::unique_lock<Mutex>& lock) { wait_until(lock, Time::max()); }
    std::cv_status wait_until(std::unique_lock<Mutex>& lock, Time until);

    template <typename Predicate>
    void wait(std::unique_lock<Mutex>& lock, Predicate holds) {
        while (!holds()) {
            wait(lock);
        }
    }
    template <typename Predicate>
    bool wait_until(std::unique_lock<Mutex>& lock, Time until, Predicate holds) {
        while (!holds()) {
            if (wait_until(lock, until) == std::cv_status::timeout) {
                return holds();
            }
        }
        return true;
    }
    template <typename Predicate>
    bool wait_for(std::unique_lock<Mutex>& lock, std::chrono::nanoseconds time, Predicate holds) {
        return wait_until(lock, after(time), std::move(holds));
    }

  private:
    struct Waiter;
    static Time after(std::chrono::nanoseconds time);
    void begin_notifying(const char* doing);

    explore::Alive alive_;
    const Mutex* mutex_ = nullptr;  ///< of those who wait
    std::vector<Waiter*> waiters_;
};

class Thread {
  public:
    Thread() noexcept = default;
    /// What start_thread() made.
    explicit Thread(explore::Task* task) noexcept : task_(task) {}
    Thread(Thread&& other) noexcept : task_(std::exchange(other.task_, nullptr)) {}
    Thread& operator=(Thread&& other) noexcept;
    Thread(const Thread&) = delete;
    Thread& operator=(const Thread&) = delete;
    ~Thread();

    bool joinable() const noexcept { return task_ != nullptr; }
    void join();

  private:
    explore::Alive alive_;
    explore::Task* task_ = nullptr;
};

}  // namespace gpiofs
