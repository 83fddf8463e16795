#pragma once

#include "base/sync.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace gpiofs::gpio {

/// Wakes one sleeper, once. The front end puts its poll handle behind it.
class Wakeup {
  public:
    Wakeup() = default;
    Wakeup(const Wakeup&) = delete;
    Wakeup& operator=(const Wakeup&) = delete;
    virtual ~Wakeup() = default;

    virtual void notify() noexcept = 0;
};

/// Wake-ups taken from their owners under a lock, to be used and destroyed with no lock held: a
/// notification is a system call, and who wakes up asks for the very locks the notifier held.
class WakeList {
  public:
    void take(std::unique_ptr<Wakeup> wakeup) { wakeups_.push_back(std::move(wakeup)); }
    void notify_all() noexcept {
        for (const auto& wakeup : wakeups_) {
            wakeup->notify();
        }
        wakeups_.clear();
    }

  private:
    std::vector<std::unique_ptr<Wakeup>> wakeups_;
};

class EventNode;

/// What one open file knows of a node's events: its copy of the counter, as kernfs keeps one
/// (fs/kernfs/file.c), and at most one wake-up. All access is through the node, under its lock.
class Subscription {
  private:
    friend class EventNode;
    std::uint64_t seen_ = 0;
    std::unique_ptr<Wakeup> wakeup_;
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
    /// by the next poll.
    void mark_seen(Subscription& subscription) noexcept;

    /// Counts one event and hands all wake-ups over.
    void raise(WakeList& wake);
    /// The attribute is gone: every poll reports an event from now on.
    void kill(WakeList& wake);
    bool dead() const noexcept;

  private:
    void take_wakeups(WakeList& wake);

    mutable Mutex mutex_;
    std::uint64_t count_ = 1;                   ///< guarded by mutex_
    bool dead_ = false;                         ///< guarded by mutex_
    std::vector<Subscription*> subscriptions_;  ///< guarded by mutex_
};

}  // namespace gpiofs::gpio
