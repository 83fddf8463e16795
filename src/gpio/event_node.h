// SPDX-License-Identifier: MIT
#pragma once

#include "base/sync.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace gpiofs::gpio {

/// Wakes one waiting poll(), once. The front end puts its poll handle behind it.
class Wakeup {
  public:
    Wakeup() = default;
    Wakeup(const Wakeup&) = delete;
    Wakeup& operator=(const Wakeup&) = delete;
    virtual ~Wakeup() = default;

    virtual void notify() noexcept = 0;

  private:
    friend class WakeList;
    std::unique_ptr<Wakeup> next_;  ///< in the WakeList that has it
};

/// Wake-ups taken from their owners under a lock, to be used and destroyed with no lock held: a
/// notification is a system call, and a program that wakes up asks for the very locks the notifier
/// held. Taking one allocates nothing.
class WakeList {
  public:
    void take(std::unique_ptr<Wakeup> wakeup) noexcept {
        wakeup->next_ = std::move(first_);
        first_ = std::move(wakeup);
    }
    /// In the order in which they were taken.
    void notify_all() noexcept;

  private:
    std::unique_ptr<Wakeup> first_;  ///< the latest
};

class EventNode;

/// What one open file knows of a node's events: its copy of the counter, as kernfs keeps one
/// (fs/kernfs/file.c), and at most one wake-up. All access is through the node.
class Subscription {
  private:
    friend class EventNode;
    std::atomic<std::uint64_t> seen_ = 0;
    std::unique_ptr<Wakeup> wakeup_;  ///< guarded by EventNode::mutex_
};

/// The event counter of an attribute. It starts one ahead of every subscription, so that a fresh
/// open file counts as changed until it is read. Thread-safe.
class EventNode {
  public:
    void attach(Subscription& subscription);
    /// Also destroys the subscription's wake-up.
    void detach(Subscription& subscription) noexcept;

    /// Whether something happened since the subscription last read. `wakeup` may be null (a poll
    /// that will not sleep); otherwise it replaces the stored one. Both under one lock, so that an
    /// event between the question and the sleep is not lost.
    bool poll(Subscription& subscription, std::unique_ptr<Wakeup> wakeup);
    /// Copies the counter; done before the text is produced, so that an event in between is seen
    /// by the next poll. Takes no lock: every read of an attribute comes this way.
    void mark_seen(Subscription& subscription) noexcept { subscription.seen_ = count_.load(); }

    /// Counts one event and hands all wake-ups over.
    void raise(WakeList& wake) noexcept;
    /// The attribute is gone: every poll reports an event from now on.
    void kill(WakeList& wake) noexcept;
    bool dead() const noexcept { return dead_; }

  private:
    void take_wakeups(WakeList& wake) noexcept;

    mutable Mutex mutex_;
    std::atomic<std::uint64_t> count_ = 1;      ///< counts up with mutex_ held
    std::atomic<bool> dead_ = false;            ///< becomes true with mutex_ held
    std::vector<Subscription*> subscriptions_;  ///< guarded by mutex_
};

}  // namespace gpiofs::gpio
