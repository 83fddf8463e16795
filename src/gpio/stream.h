// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "gpio/bus.h"
#include "gpio/engine_pace.h"
#include "gpio/pipeline.h"
#include "gpio/ring.h"
#include "mpsse/command.h"
#include "mpsse/pins.h"

#include <system_error>

#include <cstdint>
#include <functional>
#include <span>

namespace gpiofs::gpio {

/// Samples without a gap: batches of GET commands, two under way at a time, so that the engine has
/// the next when it is through with the last. Together they are 1 ms of the engine's time, which
/// bounds what a job waits: its commands go in front of the next batch and their reply is sent at
/// once. A job is answered when the engine has executed it.
///
/// Each batch ends with a bad command, whose refusal must come where it belongs: replies that have
/// slipped, because one was lost on the way, would pass for those of other lines.
///
/// The first batches are sent one at a time and grow; they measure the engine's speed.
/// Thread-bound to whoever holds the bus.
class Stream {
  public:
    /// Streams on a bus that the caller holds and whose engine is in step, while `go_on` says so
    /// and there are lines to watch. `timeout`: how long nothing may come from the chip. Jobs that
    /// were taken have been answered on return. ENOMEM if memory runs out.
    static std::error_code run(Bus& bus, Duration timeout,
                               const std::function<bool()>& go_on) noexcept;

  private:
    explicit Stream(Bus& bus);

    struct Batch {
        JobList jobs;
        /// Of the jobs' replies; reads at the end are always there.
        Bus::Layout layout;
        /// The shadow after the jobs.
        mpsse::PortState after;
        mpsse::Banks banks = mpsse::Banks::none;
        std::size_t samples = 0;
        std::size_t samples_left = 0;
        TimePoint sent;
        /// When the engine began with the samples, at the latest.
        TimePoint start;
        /// The engine had run out of work when it was sent.
        bool after_gap = false;
        bool answered_jobs = false;
    };

    std::error_code go_on(Duration timeout, const std::function<bool()>& wanted);
    bool has_room() const noexcept { return measuring() ? batches_.empty() : !batches_.full(); }
    bool measuring() const noexcept { return pace_.command == Duration::zero(); }
    std::size_t batch_length(mpsse::Banks banks) const noexcept;
    /// Whether the engine has run out of work, as far as can be known.
    bool engine_is_idle(TimePoint now) const noexcept;

    std::error_code send_batch(mpsse::PinMask lines);
    std::error_code send_jobs(Batch& batch);
    /// Everything that has come; false if it is not what was asked for.
    bool digest();
    std::size_t digest_batch(Batch& batch, std::span<const std::uint8_t> replies);
    void answer_jobs(Batch& batch, std::span<const std::uint8_t> replies);
    /// The first `count` samples of the batch have come.
    void begin(Batch& batch, std::size_t count);
    void scan(Batch& batch, std::span<const std::uint8_t> replies);
    /// The first sample from number `from` on in which a watched line differs from the last one
    /// kept; their count if there is none.
    std::size_t first_change(std::span<const std::uint8_t> replies, std::size_t from,
                             mpsse::Banks banks, mpsse::PinMask watched) const noexcept;
    /// When sample `number` of a batch was taken, with `after` more in what has just come: as the
    /// engine's pace counts back from now, but not later than it can have lasted from the start.
    TimePoint time_of(const Batch& batch, std::size_t number, std::size_t after) const noexcept;
    void keep(const Sample& sample) noexcept;
    void measure(const Batch& batch);
    void refuse_jobs(std::error_code error) noexcept;

    Bus& bus_;
    BusObserver& observer_;
    const Clock& clock_;
    EnginePace& pace_;
    Pipeline pipeline_;

    Ring<Batch, 2> batches_;
    mpsse::CommandBuffer job_commands_;
    mpsse::CommandBuffer sampling_;  ///< of the last batch, which the next one is likely to equal
    mpsse::Banks sampled_banks_ = mpsse::Banks::none;

    TimePoint now_;              ///< when the last reply came
    mpsse::PinMask levels_ = 0;  ///< of the last sample
    bool levels_known_ = false;
    /// Batches are as long as they should be, and two are under way.
    bool at_full_length_ = false;
    TimePoint last_sample_;
    /// Every batch has ended where it should.
    bool marks_right_ = true;

    // While measuring.
    std::size_t length_ = 1;
    Duration fastest_ = Duration::max();
    int tries_ = 0;
};

}  // namespace gpiofs::gpio
