// SPDX-License-Identifier: MIT
#pragma once

#include "base/sync.h"

#include <cstdint>
#include <memory>

namespace gpiofs::poll {

/// Something that was taken out of service and waits to be reclaimed.
class Retired {
  public:
    Retired() = default;
    Retired(const Retired&) = delete;
    Retired& operator=(const Retired&) = delete;
    virtual ~Retired() = default;

    /// Waits until nobody uses it any more (joins a thread, waits for a transfer to end). Called
    /// once, by the list's owner, with no lock held; the object is destroyed right after it.
    virtual void finish() noexcept = 0;

  private:
    friend class ReclaimList;
    std::unique_ptr<Retired> next_;  ///< on the list
};

/// The safe-deletion list: nothing is freed under a lock or under a user. Each of its rules answers
/// something that happened to Linux drivers/gpio/gpio-mpsse.c, and is tried in every order of the
/// threads by scenarios of tests/explore, here named in brackets:
///
/// 1. What has to go is first unlinked, under the lock that guards it, so that nobody new finds it,
///    and told to stop. Only then is it pushed here. Pushing never blocks on anything but the
///    list's own lock, which is a leaf: it may be done with any other lock held. Who unlinks under
///    one lock and pushes after it announces that meanwhile, so that drain() does not miss it.
///    The kernel's disconnect takes the interface away under a reader, which follows the null
///    pointer: readers and the hub's worker then hang. [retire: ...]
/// 2. Only the list's owner, a thread of its own, takes things off: all of them at once, by
///    exchanging the list for an empty one, so that it never walks a list others can reach.
///    The kernel's first worker list was freed while it was walked; now the workers that go are
///    moved to a list of the caller's. [reclaim list: ...; mutation walks-a-shared-list]
/// 3. The owner finishes and destroys each with no lock held. What it waits for may take every lock
///    of the program on its way out.
///    The kernel's worker is told to stop under a spinlock but waited for outside, since waiting
///    sleeps. [worker stop: ..., reclaim list: two push, each under a lock ...]
/// 4. Who is to be reclaimed may push himself, as a worker does that finds the board gone or
///    carries out the write that disarms it, but joins nobody and never calls drain(): nobody waits
///    for himself.
///    In the kernel the workers tear each other down, and each has to except itself from the list
///    it cancels. [loss: ..., worker stop: a worker carries out ...; mutation joins-itself]
/// 5. Who is pushed is replaced, if need be, by a new object at once; the new one never waits for
///    the old, and what it finds does not depend on how far the old one is.
///    The kernel's new worker returns if somebody is tearing down an old one just then, so as not
///    to wait for who waits for it, and nobody samples until an edge is set again.
///    [re-arm: ...; mutation gives-up-to-the-old-one]
///
/// Thread-safe.
class ReclaimList {
  public:
    ReclaimList();
    ReclaimList(const ReclaimList&) = delete;
    ReclaimList& operator=(const ReclaimList&) = delete;
    /// Finishes what is still listed, then ends the owner.
    ~ReclaimList();

    /// Somebody has unlinked something and is about to push it: while this lives, drain() does not
    /// return. Made under the lock that guards what is unlinked.
    class Announced {
      public:
        explicit Announced(ReclaimList& list);
        Announced(const Announced&) = delete;
        Announced& operator=(const Announced&) = delete;
        ~Announced();

      private:
        ReclaimList& list_;
    };

    /// Allocates nothing: what cannot be listed could not be reclaimed either.
    void push(std::unique_ptr<Retired> retired) noexcept;
    /// Returns when everything pushed or announced before the call has been finished and destroyed.
    void drain();

  private:
    void run();

    Mutex mutex_;
    ConditionVariable changed_;
    std::unique_ptr<Retired> list_;  ///< the oldest; guarded by mutex_
    Retired* newest_ = nullptr;      ///< of the list; guarded by mutex_
    std::uint64_t pushed_ = 0;       ///< guarded by mutex_
    std::uint64_t finished_ = 0;     ///< guarded by mutex_
    unsigned announced_ = 0;         ///< guarded by mutex_
    bool ending_ = false;            ///< guarded by mutex_
    Thread owner_;                   ///< last: it uses everything above
};

}  // namespace gpiofs::poll
