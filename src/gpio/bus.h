// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "base/sync.h"
#include "gpio/bus_job.h"
#include "gpio/engine.h"
#include "gpio/engine_pace.h"
#include "gpio/pipeline.h"
#include "mpsse/command.h"
#include "mpsse/pins.h"

#include <system_error>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>

namespace gpiofs::gpio {

/// What a batch of a stream amounts to.
struct StreamedBatch {
    std::size_t samples = 0;
    /// When the engine began with it, at the latest.
    TimePoint begun;
    /// The largest time between two samples, up to the batch's last.
    Duration largest_gap{};
    /// The engine had run out of work before it.
    bool after_overrun = false;
};

/// Learns what happens on the bus, from the thread that holds it, with no lock held.
class BusObserver {
  public:
    BusObserver() = default;
    BusObserver(const BusObserver&) = delete;
    BusObserver& operator=(const BusObserver&) = delete;
    virtual ~BusObserver() = default;

    /// Banks that a round trip that reads `reads` must read too, because a sample of them is
    /// overdue: a sampler that found the bus busy, or is itself busy holding it for others, misses
    /// nothing.
    virtual mpsse::Banks overdue(mpsse::Banks reads) noexcept = 0;
    /// Lines whose samples are of interest, also if they are about to become inputs, as
    /// `new_inputs` are; asked again for each round. A change is followed by a sample of their
    /// banks, so that a program that pulses a wired line sees its own edges.
    virtual mpsse::PinMask watched(mpsse::PinMask new_inputs) noexcept = 0;
    /// Every sample that is taken while lines are watched, in order.
    virtual void sampled(const Sample& sample) noexcept = 0;
    /// Lines to be sampled without a gap; none ends a stream.
    virtual mpsse::PinMask streamed_lines() noexcept = 0;
    /// A batch of samples, of which sampled() tells those in which a streamed line has changed.
    virtual void streamed(const StreamedBatch& batch) noexcept = 0;
    /// Every change of the shadow, in order with the samples.
    virtual void committed(const mpsse::PortState& shadow) noexcept = 0;
    /// The chip had lost its power: every pin was an input, or a UART's, for a while.
    virtual void power_lost() noexcept = 0;
    /// A time-out has made recovery necessary. Whether a thread is going to call Bus::recover();
    /// otherwise the next access tries by itself.
    virtual bool recovery_due() noexcept = 0;
    /// Bus::recover() has ended.
    virtual void recovery_over() noexcept = 0;
    /// The board does not exist any more.
    virtual void lost() noexcept = 0;
};

/// The bus of an interface, shared by combining: the thread whose job finds it idle holds it and
/// does the transfers on the spot; jobs that come meanwhile are queued and done by the holder,
/// many in one round trip, so that at most one thread per interface ever waits for USB.
///
/// A round sends the changes of its jobs in the order they came, each to the wire, and then reads
/// the banks anybody wants once: a read never sees a sample that was asked for before it came.
/// A job that only changes is done when the chip has taken its bytes; if lines are watched, each
/// change is followed by a sample, for which its writer does not wait. If the chip's last answer is
/// too old (Engine::proof_due()), the round ends with a read, and its writers wait for the reply.
/// What has queued by the end of a round goes out before those of the round are answered, so that
/// the bus works while they are.
///
/// After a time-out the bus is recovering: jobs are queued for the one thread that recovers it
/// (recover()), which answers all of them after each attempt, so that a silent board costs nobody a
/// wait of his own. Thread-safe.
class Bus {
  public:
    /// One attempt of recover() each so often, and how long before it gives up.
    static constexpr auto attempt_interval = std::chrono::milliseconds(100);
    static constexpr auto recovery_time = std::chrono::seconds(10);

    Bus(std::unique_ptr<Engine> engine, const Clock& clock);

    /// Set once, before the first job. Outlives the bus.
    void observe(BusObserver& observer) noexcept { observer_ = &observer; }

    /// Does the job now, or queues it for the holder. done() may have been called on return.
    void submit(std::shared_ptr<BusJob> job) noexcept;

    /// Takes the bus, as soon as its holder has finished a round, and samples without a gap until
    /// `go_on` says no, the observer has no more lines to stream, or something fails. Jobs go into
    /// the stream. `timeout`: how long nothing may come from the chip. ENODEV after close().
    std::error_code stream(Duration timeout, const std::function<bool()>& go_on) noexcept;

    /// Whether jobs wait for recover().
    bool recovering() const noexcept;
    /// Takes the bus and brings the engine back into step: an attempt of at most `attempt` (at most
    /// attempt_interval counts) each attempt_interval, and as soon as a job comes, until one
    /// succeeds, `go_on` says no, or recovery_time is over; then the next access tries by itself.
    /// Returns the result of the last attempt; ENODEV after close().
    std::error_code recover(Duration attempt, const std::function<bool()>& go_on) noexcept;
    /// Refuses new jobs and fails queued ones with ENODEV; a transfer under way is aborted.
    void close() noexcept;
    /// After close(): returns the engine once the bus is not held any more.
    std::unique_ptr<Engine> retire() noexcept;

  private:
    friend class Stream;

    /// How the replies of a round are laid out.
    struct Layout {
        /// One sample of these banks after each of so many changes,
        mpsse::Banks sampled = mpsse::Banks::none;
        std::size_t changes = 0;
        /// and these banks at the end.
        mpsse::Banks reads = mpsse::Banks::none;
        /// The reply proves that the chip is there; no job is done before it.
        bool proves = false;

        std::size_t size() const noexcept;
    };

    /// Nobody recovers: jobs that wait for it end with ETIMEDOUT.
    void give_up_recovery() noexcept;
    /// False after close().
    bool take() noexcept;
    void hold(JobList round) noexcept;
    /// Answers the jobs that do not need the reply and takes them out of the round, unless the
    /// reply proves the round.
    JobResult round_trip(JobList& round) noexcept;
    /// Sends the round's commands, unless begin_early() has; returns when the chip has them.
    std::error_code send(const JobList& round, TimePoint deadline) noexcept;
    /// Begins the round trip of a round that follows a successful one; round_trip() ends it.
    void begin_early(const JobList& round) noexcept;
    /// As Engine::ensure_in_step(); the observer learns of a loss of power.
    std::error_code ensure_in_step(TimePoint deadline) noexcept;
    /// What jobs are told of an error: an abort means that the board is taken out.
    static std::error_code as_told(std::error_code error) noexcept;
    /// As jobs are told it. Reports a loss.
    JobResult outcome(JobResult result) noexcept;
    /// Ends and answers a round, and returns the next one, whose transfers are under way while this
    /// one is answered; empty if the bus is not held any more.
    JobList let_go_or_go_on(JobList round, const JobResult& result) noexcept;
    /// The observer learns of a change of the shadow.
    void tell_shadow(const mpsse::PortState& shadow) noexcept;
    /// The observer learns of the samples behind changes; returns what is left of the replies.
    std::span<const std::uint8_t> tell_samples(const Layout& layout,
                                               std::span<const std::uint8_t> replies,
                                               TimePoint time) noexcept;
    /// The changes of jobs, in order, each followed by a sample of `sampled`; `state` becomes what
    /// holds after them. The reads at the end are not put.
    static Layout put_jobs(const JobList& jobs, mpsse::Banks sampled, mpsse::PortState& state,
                           mpsse::CommandBuffer& commands);
    /// Fills commands_ and layout_; returns the shadow that holds after them.
    mpsse::PortState compose(const JobList& round);
    /// Releases the bus, or passes it to a waiter in take(), unless jobs have queued: then the
    /// caller keeps it and the answer is true.
    bool let_go_locked() noexcept;
    /// What is queued and not too late, as the next round, while the bus is held.
    JobList take_round() noexcept;
    void refuse_queue(const JobResult& result) noexcept;
    /// Lines that jobs make inputs.
    static mpsse::PinMask new_inputs(const JobList& jobs) noexcept;
    static TimePoint latest_deadline(const JobList& jobs) noexcept;
    /// BusJob::in_order() of each, unless they failed.
    static void in_order(const JobList& jobs, const JobResult& result) noexcept;
    static void answer(JobList jobs, const JobResult& result) noexcept;
    /// Answers those that read nothing, and takes them out.
    static void answer_changes(JobList& jobs) noexcept;

    const Clock& clock_;
    BusObserver* observer_ = nullptr;
    std::unique_ptr<Engine> engine_;  ///< used by the holder alone
    mpsse::CommandBuffer commands_;   ///< used by the holder alone
    Layout layout_;                   ///< of the last round composed; used by the holder alone
    EnginePace pace_;                 ///< used by the holder alone
    mpsse::PortState told_;           ///< the observer knows of; used by the holder alone
    std::optional<Pipeline> early_;   ///< of begin_early(); used by the holder alone
    /// What begin_early() has come to, until round_trip() ends it; used by the holder alone.
    std::optional<std::error_code> begun_;

    mutable Mutex mutex_;
    ConditionVariable changed_;  ///< the bus was let go, or a job came while recovering
    JobList queue_;              ///< guarded by mutex_
    bool held_ = false;          ///< guarded by mutex_
    /// Threads in take(), and whether the bus was kept for one of them.
    unsigned takers_ = 0;      ///< guarded by mutex_
    bool handed_ = false;      ///< guarded by mutex_
    bool recovering_ = false;  ///< guarded by mutex_
    bool closed_ = false;      ///< guarded by mutex_
};

}  // namespace gpiofs::gpio
