#pragma once

#include "base/sync.h"
#include "gpio/bus.h"
#include "gpio/edge_detector.h"
#include "gpio/line.h"
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
    /// Never used again for another chip or line.
    std::uint64_t id = 0;
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

/// Is told, with no lock held, that the armed lines of a chip may have changed, and that its board
/// does not answer any more because it is gone.
class ChipObserver {
  public:
    ChipObserver() = default;
    ChipObserver(const ChipObserver&) = delete;
    ChipObserver& operator=(const ChipObserver&) = delete;
    virtual ~ChipObserver() = default;

    /// Calls may overtake each other: ask Chip::armed().
    virtual void arming_changed(const std::shared_ptr<Chip>& chip) noexcept = 0;
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
    std::shared_ptr<Line> export_line(unsigned offset, std::uint64_t id);
    /// Wakes who polls the line. Throws std::system_error: EINVAL not exported, ENODEV dead.
    void unexport_line(unsigned offset);

    /// Lines with an armed edge or with readers of their edges; none once the chip is dead.
    mpsse::PinMask armed() const noexcept { return armed_; }

    /// The chip is gone or going: its lines die, who polls them wakes, jobs end with ENODEV.
    /// The engine remains, to be retired from the bus. Idempotent.
    void kill() noexcept;

    mpsse::Banks overdue(mpsse::Banks reads) noexcept override;
    bool watches() noexcept override { return armed() != 0; }
    void sampled(const Sample& sample) noexcept override;
    mpsse::PinMask streamed_lines() noexcept override;
    void streamed(const StreamedBatch& batch) noexcept override;
    void committed(const mpsse::PortState& shadow) noexcept override;
    void power_lost() noexcept override;
    void lost() noexcept override;

  private:
    friend class Line;
    /// As the line's `edge` and `active_low` say; its readers, if any, are armed already.
    void arm_locked(Line& line, bool level);
    void arm_readers_locked(Line& line, bool level);
    void disarm_readers_locked(const Line& line);
    /// After every change of what is armed.
    void note_armed_locked() noexcept;
    void queue_edges_locked(const Sample& sample, WakeList& wake);
    /// Drops a line out of every structure and ends its queues; its events are killed by the
    /// caller, unlocked.
    std::shared_ptr<Line> unlink_locked(unsigned offset, WakeList& wake);
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
    EdgeDetector value_edges_;                            ///< guarded by mutex_
    EdgeDetector reader_edges_;                           ///< guarded by mutex_
    /// What the two are armed for; changes with mutex_ held. In bus order: a sample that is not
    /// looked at because nothing is armed came before whatever is armed next.
    std::atomic<mpsse::PinMask> armed_ = 0;
    mpsse::PortState state_;  ///< guarded by mutex_
    TimePoint last_sample_;   ///< guarded by mutex_; of armed lines
    SamplingStats stats_;     ///< guarded by mutex_

    Bus bus_;  ///< last: its jobs reach everything above
};

}  // namespace gpiofs::gpio
