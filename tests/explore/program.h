// SPDX-License-Identifier: MIT
#pragma once

#include "alive.h"
#include "base/sync.h"
#include "gpio/chip.h"
#include "poll/poll_workers.h"
#include "poll/reclaim_list.h"
#include "scenario.h"
#include "wire.h"

#include <memory>

namespace gpiofs::explore {

/// The driver in small, wired as daemon/board_manager.cpp does it: one chip with two exported
/// lines, its poll worker, and the reclaim list. Whoever makes it takes the chip out again.
class Program final : public gpio::ChipObserver {
  public:
    Program();
    /// No thread may be left, the engine has been stopped once, and the interface is released.
    ~Program() override;

    void work_changed(const std::shared_ptr<gpio::Chip>& changed) noexcept override {
        workers.update(changed);
    }
    void need_worker(const std::shared_ptr<gpio::Chip>& needing) override { workers.need(needing); }
    void board_lost(const gpio::ChipInfo& chip) noexcept override;

    /// With a sample in hand, as after a round trip in bus order.
    void arm(gpio::Line& armed, gpio::Edge edge = gpio::Edge::both);
    void disarm(gpio::Line& armed) { arm(armed, gpio::Edge::none); }

    /// The board is gone or not wanted any more; the first caller takes it out, as of those who
    /// notice it only one finds it in the registry.
    void take_out();
    /// A thread takes the board out while somebody reads: he is answered, and nobody samples then.
    void take_out_under_a_reader();
    // At the end of a scenario; what follows is tidying up (Scheduler::settle).
    /// Fails unless one worker is left and goes on sampling.
    void one_samples();
    /// Fails unless nobody samples any more.
    void none_samples();

    ExploredClock clock;
    Wire wire;
    poll::ReclaimList reclaim;
    poll::PollWorkers workers{reclaim, clock, std::chrono::seconds(1)};
    std::shared_ptr<gpio::Chip> chip;
    std::shared_ptr<gpio::Line> line;
    std::shared_ptr<gpio::Line> other_line;

    bool taken_out = false;  ///< guarded by mutex_, but for a scenario's until()

  private:
    Mutex mutex_;
};

/// A request of the front end's: waits for its answer and fails the run if there are two.
class Request : public gpio::BusJob {
  public:
    void done(const gpio::JobResult& result) noexcept override;

    bool answered() const noexcept { return answers_ == 1; }
    const std::error_code& error() const noexcept { return error_; }

  private:
    Alive alive_;
    unsigned answers_ = 0;
    std::error_code error_;
};

/// Reads the low bank, with all the time in the world.
std::shared_ptr<Request> read_request();

}  // namespace gpiofs::explore
