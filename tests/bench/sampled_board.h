// SPDX-License-Identifier: MIT
#pragma once

#include "gpio/chip.h"
#include "metered_transport.h"
#include "poll/poll_worker.h"
#include "sim/bench.h"

#include <memory>

namespace gpiofs::bench {

/// The driver without its files: a virtual board in this process whose line 0 is driven low from
/// outside, has a reader of its edges, and is sampled by a poll worker.
class SampledBoard {
  public:
    SampledBoard(const sim::BoardConfig& config, std::chrono::microseconds interval);
    SampledBoard(const SampledBoard&) = delete;
    SampledBoard& operator=(const SampledBoard&) = delete;
    ~SampledBoard();

    sim::VirtualBoard& board() { return bench_.board(0); }
    gpio::Chip& chip() { return *chip_; }
    const gpio::EdgeRing& edges() const { return *line_->edges(); }
    /// Processor time of the worker so far, without what the virtual board took of it.
    Duration worker_cpu() const;

  private:
    class NoObserver final : public gpio::ChipObserver {
        void work_changed(const std::shared_ptr<gpio::Chip>& /*chip*/) noexcept override {}
        void need_worker(const std::shared_ptr<gpio::Chip>& /*chip*/) override {}
        void board_lost(const gpio::ChipInfo& /*chip*/) noexcept override {}
    };

    SystemClock clock_;
    NoObserver observer_;
    CpuMeter in_transport_ = 0;
    sim::Bench bench_;
    std::shared_ptr<gpio::Chip> chip_;
    std::shared_ptr<gpio::Line> line_;
    std::unique_ptr<poll::PollWorker> worker_;
    int worker_thread_ = 0;  ///< its number in /proc/self/task
};

}  // namespace gpiofs::bench
