// SPDX-License-Identifier: MIT
#pragma once

#include "base/sync.h"
#include "gpio/bus.h"
#include "gpio/edge_detector.h"
#include "gpio/line.h"
#include "gpio/object_id.h"
#include "gpio/sampling_stats.h"
#include "mpsse/known_boards.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace gpiofs::gpio {

/// Lines of one MPSSE interface at most (AN_108 section 2.1).
constexpr unsigned max_lines = 16;

/// Fixed facts of one interface.
struct ChipInfo {
    ObjectId id;
    /// The number in `chip<N>`.
    unsigned chip_number = 0;
    /// First global line number.
    unsigned base = 0;
    unsigned lines = 0;
    unsigned interface_number = 0;
    std::string label;
    /// Where `device` points to.
    std::string device_link;
    /// Of the board, from its arrival to its departure: never used again, as its path is.
    std::uint64_t arrival = 0;
    /// Of the board: BoardInfo::path.
    std::string board_path;
    mpsse::LineLimits limits;
};

class Chip;

/// Provides a chip with its poll worker and learns of the end of its board. Called with no lock
/// held.
class ChipObserver {
  public:
    ChipObserver() = default;
    ChipObserver(const ChipObserver&) = delete;
    ChipObserver& operator=(const ChipObserver&) = delete;
    virtual ~ChipObserver() = default;

    /// Whether the chip has work for a poll worker may have changed, or the sample interval has.
    /// Calls may overtake each other: ask Chip::has_work().
    virtual void work_changed(const std::shared_ptr<Chip>& chip) noexcept = 0;
    /// Makes sure that the chip has a poll worker. Throws std::system_error: ENOMEM no thread can
    /// be had.
    virtual void need_worker(const std::shared_ptr<Chip>& chip) = 0;
    /// `chip` is one of the board's; by now another board may be in its place.
    virtual void board_lost(const ChipInfo& chip) noexcept = 0;
};

/// One MPSSE interface as a gpiochip: its bus, its exported lines and their edges. Thread-safe.
class Chip final : public BusObserver, public std::enable_shared_from_this<Chip> {
  public:
    /// `observer` outlives the chip.
    Chip(ChipInfo info, std::unique_ptr<Engine> engine, const Clock& clock,
         std::chrono::microseconds sample_interval, ChipObserver& observer);

    const ChipInfo& info() const noexcept { return info_; }
    Bus& bus() noexcept { return bus_; }
    bool dead() const noexcept { return events_.dead(); }
    /// Shared by the chip's own attributes; nothing happens on them but the end.
    EventNode& events() noexcept { return events_; }

    /// What the chip was last told; levels of inputs are meaningless.
    mpsse::PortState state() const;

    /// 0: as often as the engine can, without a gap.
    std::chrono::microseconds sample_interval() const noexcept { return sample_interval_; }
    void set_sample_interval(std::chrono::microseconds interval) noexcept;
    /// A sampler begins: what came before it does not count.
    void begin_sampling() noexcept;
    SamplingReport sampling_report() const;

    /// The exported lines, in order of their offset.
    std::vector<std::shared_ptr<Line>> lines() const;
    std::shared_ptr<Line> line(unsigned offset) const;
    /// Throws std::system_error: EINVAL no such line, EBUSY exported already, ENODEV dead.
    std::shared_ptr<Line> export_line(unsigned offset, ObjectId id);
    /// Wakes who polls the line. Throws std::system_error: EINVAL not exported, ENODEV dead.
    void unexport_line(unsigned offset);

    /// Inputs with an armed edge; none once the chip is dead.
    mpsse::PinMask armed() const noexcept { return armed_; }
    /// Whether the chip needs a poll worker: lines are armed or about to be, or the bus waits for
    /// recovery.
    bool has_work() const noexcept;

    /// The chip has a poll worker as long as this lives, so that arming a line cannot fail for want
    /// of a thread when its sample has come.
    class WorkerHold {
      public:
        WorkerHold() = default;
        /// Throws as ChipObserver::need_worker().
        explicit WorkerHold(std::shared_ptr<Chip> chip);
        WorkerHold(WorkerHold&& other) noexcept = default;
        WorkerHold& operator=(WorkerHold&&) = delete;
        WorkerHold(const WorkerHold&) = delete;
        WorkerHold& operator=(const WorkerHold&) = delete;
        ~WorkerHold();

      private:
        std::shared_ptr<Chip> chip_;
    };

    /// The chip is gone or going: its lines die, who polls them wakes, jobs end with ENODEV.
    /// The engine remains, to be retired from the bus. Idempotent.
    void kill() noexcept;

    mpsse::Banks overdue(mpsse::Banks reads) noexcept override;
    mpsse::PinMask watched(mpsse::PinMask new_inputs) noexcept override {
        return static_cast<mpsse::PinMask>(armed() | (new_inputs & with_edges_));
    }
    void sampled(const Sample& sample) noexcept override;
    mpsse::PinMask streamed_lines() noexcept override;
    void streamed(const StreamedBatch& batch) noexcept override;
    void committed(const mpsse::PortState& shadow) noexcept override;
    void power_lost() noexcept override;
    bool recovery_due() noexcept override;
    void recovery_over() noexcept override;
    void lost() noexcept override;

  private:
    friend class Line;
    /// As the line's `edge` and `active_low` say.
    void arm_locked(const Line& line, bool level);
    /// After every change of what is armed or an output. Whether has_work() may have changed.
    bool note_armed_locked() noexcept;
    /// Drops a line out of every structure; its events are killed by the caller, unlocked.
    std::shared_ptr<Line> unlink_locked(unsigned offset);
    /// Of all lines; their watchers are still to be woken, and the observer to be told.
    void unexport_all(WakeList& wake);

    const ChipInfo info_;
    const Clock& clock_;
    ChipObserver& observer_;
    std::atomic<std::chrono::microseconds> sample_interval_;
    EventNode events_;

    /// Taken before any EventNode's lock; never held across a transfer, a wake-up or a callback.
    mutable Mutex mutex_;
    std::array<std::shared_ptr<Line>, max_lines> lines_;  ///< guarded by mutex_
    EdgeDetector edges_;                                  ///< guarded by mutex_
    /// What the detector is armed for, without outputs, which have no edges; changes with mutex_
    /// held. In bus order: a sample that is not looked at because nothing is armed came before
    /// whatever is armed next.
    std::atomic<mpsse::PinMask> armed_ = 0;
    std::atomic<mpsse::PinMask> with_edges_ = 0;  ///< the same with outputs
    std::atomic<unsigned> worker_holds_ = 0;
    mpsse::PortState state_;  ///< guarded by mutex_
    TimePoint last_sample_;   ///< guarded by mutex_; of armed lines
    SamplingStats stats_;     ///< guarded by mutex_

    Bus bus_;  ///< last: its jobs reach everything above
};

}  // namespace gpiofs::gpio
