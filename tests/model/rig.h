// SPDX-License-Identifier: MIT
#pragma once

#include "base/error.h"
#include "gpio/chip.h"
#include "gpio/registry.h"
#include "sim/bench.h"
#include "tap.h"

#include <atomic>
#include <cerrno>
#include <functional>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace gpiofs::test {

/// The other side of a bus in tests: wants nothing and counts everything. Thread-safe.
class BusLog : public gpio::BusObserver {
  public:
    mpsse::Banks overdue(mpsse::Banks /*reads*/) noexcept override { return mpsse::Banks::none; }
    mpsse::PinMask watched(mpsse::PinMask /*new_inputs*/) noexcept override {
        return watched_lines;
    }
    void sampled(const gpio::Sample& sample) noexcept override {
        const std::lock_guard lock(mutex_);
        levels_.push_back(sample.levels);
        ++samples;
    }
    mpsse::PinMask streamed_lines() noexcept override { return 0; }
    void streamed(const gpio::StreamedBatch& /*batch*/) noexcept override {}
    void committed(const mpsse::PortState& shadow) noexcept override {
        const std::lock_guard lock(mutex_);
        shadow_ = shadow;
    }
    void power_lost() noexcept override { ++power_losses; }
    bool recovery_due() noexcept override { return false; }
    void recovery_over() noexcept override {}
    void lost() noexcept override { ++losses; }

    /// Of each sample so far.
    std::vector<mpsse::PinMask> levels() const {
        const std::lock_guard lock(mutex_);
        return levels_;
    }
    mpsse::PortState shadow() const {
        const std::lock_guard lock(mutex_);
        return shadow_;
    }
    std::atomic<mpsse::PinMask> watched_lines = 0;
    std::atomic<int> samples = 0;
    std::atomic<int> losses = 0;
    std::atomic<int> power_losses = 0;

  private:
    mutable std::mutex mutex_;
    mpsse::PortState shadow_;
    std::vector<mpsse::PinMask> levels_;
};

/// The other side of a chip in tests. Thread-safe.
class ChipLog final : public gpio::ChipObserver {
  public:
    void work_changed(const std::shared_ptr<gpio::Chip>& /*chip*/) noexcept override {
        ++work_changes;
    }
    void need_worker(const std::shared_ptr<gpio::Chip>& /*chip*/) override {
        throw_errno(ENOMEM, "no poll worker here");
    }
    void board_lost(const gpio::ChipInfo& /*chip*/) noexcept override { ++losses; }

    std::atomic<int> work_changes = 0;
    std::atomic<int> losses = 0;
};

/// A table with virtual boards, and the driver's objects on top of them.
class Rig {
  public:
    explicit Rig(Clock& clock, std::initializer_list<std::string> chips = {"FT2232H"});
    Rig(Clock& clock, const sim::BoardConfig& board);

    /// Opens an interface; the engine is not started. `tap` is where its wire can be watched.
    std::unique_ptr<gpio::Engine> engine(unsigned board = 0, unsigned interface_number = 0);
    /// With the engine started.
    std::unique_ptr<gpio::Engine> started(unsigned board = 0, unsigned interface_number = 0);
    std::shared_ptr<gpio::Chip> chip(
        gpio::ChipObserver& observer, unsigned board = 0,
        std::chrono::microseconds interval = std::chrono::milliseconds(1));
    /// With the limits that identity has.
    std::shared_ptr<gpio::Chip> chip(gpio::ChipObserver& observer, const mpsse::LineLimits& limits);

    sim::VirtualBoard& board(unsigned number = 0) { return bench.board(number); }
    /// All levels of an interface, as a meter would see them.
    mpsse::PinMask levels(unsigned interface_number = 0);
    /// What one access may take at most.
    TimePoint deadline() const { return clock.now() + timeout; }

    Clock& clock;
    sim::Bench bench;
    /// Of the interface opened last.
    std::shared_ptr<Tap> tap;
    Duration timeout = std::chrono::seconds(1);
};

/// What the board did since `before`.
sim::Counters since(const sim::Counters& before, const sim::Counters& now);

/// A job that keeps its result for whoever waits for it.
class TestJob : public gpio::BusJob {
  public:
    void done(const gpio::JobResult& result) noexcept override;
    /// Waits for the answer; fails the test if none comes.
    gpio::JobResult result();
    int answers() const { return answers_; }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    gpio::JobResult result_;
    std::atomic<int> answers_ = 0;
};

std::shared_ptr<TestJob> read_job(mpsse::Banks banks, TimePoint deadline);
std::shared_ptr<TestJob> change_job(const gpio::PinChange& change, TimePoint deadline);
/// Makes a line an output with a level.
gpio::PinChange output(unsigned offset, bool level);

/// Does a job and waits for its end.
gpio::JobResult read_pins(gpio::Bus& bus, mpsse::Banks banks, TimePoint deadline);
std::error_code change_pins(gpio::Bus& bus, const gpio::PinChange& change, TimePoint deadline);

/// As the front end does it: with a sample, in bus order, if one is needed.
std::error_code set_edge(Rig& rig, gpio::Line& line, gpio::Edge edge);
std::error_code set_active_low(Rig& rig, gpio::Line& line, bool active_low);

/// The errno of what `call` throws as std::system_error; 0 if it throws nothing.
template <typename Call>
int errno_of(Call call) {
    try {
        call();
    } catch (const std::system_error& error) {
        return error.code().value();
    }
    return 0;
}

}  // namespace gpiofs::test
