// SPDX-License-Identifier: MIT
#pragma once

#include "base/sync.h"
#include "gpio/chip.h"
#include "poll/reclaim_list.h"

#include <memory>

namespace gpiofs::poll {

/// The thread that samples the armed lines of one chip, once per interval, and brings the chip back
/// after a time-out. What a sample means is the chip's business (Chip::sampled); the worker only
/// sees to it that there is one. It takes the bus by the same rule as everybody, so it may do the
/// transfers of others too.
class PollWorker final : public Retired {
  public:
    /// Starts sampling. `timeout` is the deadline of one sample.
    PollWorker(std::shared_ptr<gpio::Chip> chip, const Clock& clock, Duration timeout);

    /// Makes the worker end soon. Any thread, the worker included.
    void stop() noexcept;
    /// Looks at once at what there is to do. Any thread.
    void work_changed() noexcept;

    void finish() noexcept override;

  private:
    class SampleJob;

    void run();
    /// Does what is due at `due`; returns when to come back, TimePoint::max() for when told.
    TimePoint work(TimePoint due);
    std::error_code sample();
    std::error_code stream();
    std::error_code recover();
    bool wanted() noexcept;

    const std::shared_ptr<gpio::Chip> chip_;
    const Clock& clock_;
    const Duration timeout_;

    const std::shared_ptr<SampleJob> job_;

    Mutex mutex_;
    ConditionVariable changed_;
    bool stopping_ = false;      ///< guarded by mutex_
    bool work_changed_ = false;  ///< guarded by mutex_
    Thread thread_;              ///< last: it uses everything above
};

}  // namespace gpiofs::poll
