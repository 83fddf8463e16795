// SPDX-License-Identifier: MIT
#pragma once

#include "base/sync.h"
#include "poll/poll_worker.h"

#include <map>
#include <memory>

namespace gpiofs::poll {

/// One poll worker per chip, at most, alive only while the chip has work for it (Chip::has_work()).
/// Thread-safe.
class PollWorkers {
  public:
    /// Both outlive it. `timeout` is the deadline of one sample.
    PollWorkers(ReclaimList& reclaim, const Clock& clock, Duration timeout);

    /// Starts or retires the chip's worker, as the chip's work asks for now. No lock of the chip's
    /// may be held. Calls may come in any order: each looks at the chip anew.
    void update(const std::shared_ptr<gpio::Chip>& chip) noexcept;
    /// As gpio::ChipObserver::need_worker().
    void need(const std::shared_ptr<gpio::Chip>& chip);

  private:
    void start_locked(const std::shared_ptr<gpio::Chip>& chip);

    ReclaimList& reclaim_;
    const Clock& clock_;
    const Duration timeout_;
    /// Taken before any lock of a chip's.
    Mutex mutex_;
    std::map<const gpio::Chip*, std::unique_ptr<PollWorker>> workers_;  ///< guarded by mutex_
};

}  // namespace gpiofs::poll
