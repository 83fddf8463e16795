#pragma once

#include "base/sync.h"

#include <cstdint>
#include <memory>
#include <vector>

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
};

/// The safe-deletion list: nothing is freed under a lock or under a user. Its rules:
///
/// 1. What has to go is first unlinked, under the lock that guards it, so that nobody new finds it,
///    and told to stop. Only then is it pushed here. Pushing never blocks on anything but the
///    list's own lock, which is a leaf: it may be done with any other lock held.
/// 2. Only the list's owner, a thread of its own, takes things off: all of them at once, by
///    exchanging the list for an empty one, so that it never walks a list others can reach.
///    (Linux's gpio-mpsse once walked its worker list while freeing the workers.)
/// 3. The owner finishes and destroys each with no lock held. What it waits for may take every lock
///    of the program on its way out.
/// 4. A thread that is itself to be reclaimed pushes nothing that waits for it and never calls
///    drain(): nobody joins himself.
/// 5. Who is pushed is replaced, if need be, by a new object at once; the new one never waits for
///    the old. (In Linux's gpio-mpsse a new poll worker gives up while the old one is being
///    cancelled, and nobody samples.)
///
/// Thread-safe.
class ReclaimList {
  public:
    ReclaimList();
    ReclaimList(const ReclaimList&) = delete;
    ReclaimList& operator=(const ReclaimList&) = delete;
    /// Finishes what is still listed, then ends the owner.
    ~ReclaimList();

    void push(std::unique_ptr<Retired> retired);
    /// Returns when everything pushed before the call has been finished and destroyed.
    void drain();

  private:
    void run();

    Mutex mutex_;
    ConditionVariable changed_;
    std::vector<std::unique_ptr<Retired>> list_;  ///< guarded by mutex_
    std::uint64_t pushed_ = 0;                    ///< guarded by mutex_
    std::uint64_t finished_ = 0;                  ///< guarded by mutex_
    bool ending_ = false;                         ///< guarded by mutex_
    Thread owner_;                                ///< last: it uses everything above
};

}  // namespace gpiofs::poll
