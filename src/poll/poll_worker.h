#pragma once

#include "base/sync.h"
#include "gpio/chip.h"
#include "poll/reclaim_list.h"

#include <memory>

namespace gpiofs::poll {

/// The thread that samples the armed lines of one chip, once per interval. What a sample means is
/// the chip's business (Chip::sampled); the worker only sees to it that there is one.
/// It takes the bus by the same rule as everybody, so it may do other people's transfers too.
class PollWorker final : public Retired {
  public:
    /// Starts sampling. `timeout` is the deadline of one sample.
    PollWorker(std::shared_ptr<gpio::Chip> chip, const Clock& clock, Duration timeout);

    /// Makes the worker end soon. Any thread, the worker included.
    void stop() noexcept;
    /// Looks at the sample interval again. Any thread.
    void interval_changed() noexcept;

    void finish() noexcept override;

  private:
    class SampleJob;

    void run();
    std::error_code sample();
    std::error_code stream();

    const std::shared_ptr<gpio::Chip> chip_;
    const Clock& clock_;
    const Duration timeout_;

    Mutex mutex_;
    ConditionVariable changed_;
    bool stopping_ = false;          ///< guarded by mutex_
    bool interval_changed_ = false;  ///< guarded by mutex_
    Thread thread_;                  ///< last: it uses everything above
};

}  // namespace gpiofs::poll
