#pragma once

#include "base/clock.h"
#include "base/sync.h"
#include "gpio/engine.h"
#include "gpio/engine_pace.h"
#include "gpio/pipeline.h"
#include "mpsse/command.h"
#include "mpsse/pins.h"

#include <system_error>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace gpiofs::gpio {

/// New levels and directions for some lines; the others keep what the shadow says.
struct PinChange {
    /// Lines whose level is to change, and to what.
    mpsse::PinMask levels_of = 0;
    mpsse::PinMask levels = 0;
    /// Lines whose direction is to change, and to what (1 is output).
    mpsse::PinMask outputs_of = 0;
    mpsse::PinMask outputs = 0;

    mpsse::PortState applied_to(const mpsse::PortState& state) const noexcept;
    mpsse::Banks banks() const noexcept {
        return mpsse::banks_of(static_cast<mpsse::PinMask>(levels_of | outputs_of));
    }
};

/// Pin levels as one round trip found them; only the bits in `valid` were read.
struct Sample {
    mpsse::PinMask levels = 0;
    mpsse::PinMask valid = 0;
    /// When the pins were read, as near as is known: for one round trip, when its reply arrived.
    /// Not told where nobody watches (BusObserver::watches()): to ask a clock takes as long as
    /// three uncontended locks.
    TimePoint time{};
};

/// How a job ended. `sample` covers at least the banks the job asked for.
struct JobResult {
    std::error_code error;
    Sample sample;
};

/// One piece of work for the bus: a change, a read, or both (the change goes first).
/// The submitter fills in the public members before it submits and leaves them alone afterwards.
class BusJob {
  public:
    BusJob() = default;
    BusJob(const BusJob&) = delete;
    BusJob& operator=(const BusJob&) = delete;
    virtual ~BusJob() = default;

    PinChange change;
    mpsse::Banks reads = mpsse::Banks::none;
    /// Covers queueing and transfer.
    TimePoint deadline = TimePoint::max();

    /// Called at most once, with no lock held, before anybody waits for the job: before it is
    /// queued, or before the bus makes its own submitter wait. A job that ends at once is spared
    /// it. It may be cancelled from here.
    virtual void will_wait() noexcept {}
    /// Called while the bus is still held, in bus order, after the observer has seen the sample
    /// and before done(). Not called if the job failed.
    virtual void in_order(const JobResult& /*result*/) noexcept {}
    /// Called exactly once with no lock held, unless cancel() returned true.
    virtual void done(const JobResult& result) noexcept = 0;

  private:
    friend class Bus;
    enum class State { waiting, in_flight, finished, cancelled };
    State state_ = State::waiting;  ///< guarded by Bus::mutex_
};

/// What a batch of a stream amounts to.
struct StreamedBatch {
    std::size_t samples = 0;
    /// The largest time between two samples, up to the batch's last.
    Duration largest_gap{};
    /// The engine had run out of work before it.
    bool after_overrun = false;
};

/// Is told what happens on the bus by the thread that holds it, with no lock held.
class BusObserver {
  public:
    BusObserver() = default;
    BusObserver(const BusObserver&) = delete;
    BusObserver& operator=(const BusObserver&) = delete;
    virtual ~BusObserver() = default;

    /// Banks that a round trip that reads `reads` should read too, because a sample of them is
    /// overdue: a sampler that found the bus busy, or is itself busy holding it for others, misses
    /// nothing.
    virtual mpsse::Banks overdue(mpsse::Banks reads) noexcept = 0;
    /// Whether samples are of interest; asked again for each.
    virtual bool watches() noexcept = 0;
    /// Every round trip that read pins while it watches(), in order.
    virtual void sampled(const Sample& sample) noexcept = 0;
    /// Lines to be sampled without a gap; none ends a stream.
    virtual mpsse::PinMask streamed_lines() noexcept = 0;
    /// A batch of samples, of which sampled() tells those in which a streamed line has changed.
    virtual void streamed(const StreamedBatch& batch) noexcept = 0;
    /// Every round trip that changed the shadow, in order.
    virtual void committed(const mpsse::PortState& shadow) noexcept = 0;
    /// The chip had lost its power: every pin was an input, or a UART's, for a while.
    virtual void power_lost() noexcept = 0;
    /// The board does not exist any more.
    virtual void lost() noexcept = 0;
};

/// The bus of an interface, shared by combining: the thread whose job finds it idle holds it and
/// does the transfers on the spot; jobs that come meanwhile are queued and done by the holder,
/// many in one round trip, so that at most one thread per interface ever waits for USB.
///
/// A round sends the changes of its jobs in the order they came, each to the wire, and then reads
/// the banks anybody wants once: a read never sees a sample that was asked for before it came.
/// What has queued by the end of a round goes out before those of the round are answered, so that
/// the bus works while they are. Thread-safe.
class Bus {
  public:
    Bus(std::unique_ptr<Engine> engine, const Clock& clock);

    /// Set once, before the first job. Outlives the bus.
    void observe(BusObserver& observer) noexcept { observer_ = &observer; }

    /// Does the job now, or queues it for the holder. done() may have been called on return.
    void submit(std::shared_ptr<BusJob> job);

    /// Takes back a job whose requester gave up. True: the job will never be done, the caller
    /// answers for it. A queued job goes at once; one in flight gets `grace` to finish, because a
    /// healthy transfer takes well under a millisecond and a signal should not turn its result
    /// into EINTR.
    bool cancel(BusJob& job, Duration grace);

    /// Takes the bus, as soon as who holds it has finished a round, and samples without a gap until
    /// `go_on` says no, the observer has no more lines to stream, or something fails. Jobs go into
    /// the stream. `timeout`: how long nothing may come from the chip. ENODEV after close().
    std::error_code stream(Duration timeout, const std::function<bool()>& go_on);

    /// Refuses new jobs and fails queued ones with ENODEV; a transfer under way is aborted.
    void close() noexcept;
    /// After close(): returns the engine when nobody holds the bus any more.
    std::unique_ptr<Engine> retire() noexcept;

  private:
    friend class Stream;
    using Jobs = std::vector<std::shared_ptr<BusJob>>;

    /// The holder is about to wait for a transfer.
    void about_to_wait() noexcept;
    /// False after close().
    bool take();
    void hold(Jobs& round);
    JobResult round_trip(const Jobs& round);
    /// Begins the round trip of a round that follows a successful one; round_trip() ends it.
    void begin_early(const Jobs& round);
    /// As Engine::ensure_in_step(); the observer learns what came of it.
    std::error_code ensure_in_step(TimePoint deadline);
    /// What jobs are told of an error: an abort means that the board is taken out.
    static std::error_code as_told(std::error_code error) noexcept;
    /// As jobs are told it. Reports a loss.
    JobResult outcome(JobResult result) noexcept;
    /// Finishes and answers a round, and makes it the next one; empty if the bus is not held any
    /// more. The transfers of the next one are under way while this one is answered.
    void let_go_or_go_on(Jobs& round, const JobResult& result);
    /// Has the observer know the shadow, if it has changed.
    void tell_shadow() noexcept;
    /// The changes of jobs, in order; `state` becomes what holds after them. Returns the banks they
    /// read.
    static mpsse::Banks put_jobs(const Jobs& jobs, mpsse::PortState& state,
                                 mpsse::CommandBuffer& commands);
    /// Fills commands_; returns the shadow that holds after them, and the banks they read.
    mpsse::PortState compose(const Jobs& round, mpsse::Banks& reads);
    /// Lets the bus go, or hands it to who waits in take(), unless somebody has queued: then the
    /// caller keeps it and the answer is true.
    bool let_go_locked();
    /// What is queued and not too late, as the next round, while the bus is held.
    Jobs take_round();
    /// Marks a round finished and answers it.
    void end_round(Jobs round, const JobResult& result);
    /// What is queued, marked finished, to be told so.
    Jobs refuse_queue_locked();
    static void finish_locked(Jobs& round, Jobs& cancelled) noexcept;
    static void mark_locked(const Jobs& jobs, BusJob::State state) noexcept;
    /// BusJob::in_order() of each, unless they failed.
    static void in_order(const Jobs& jobs, const JobResult& result) noexcept;
    static void answer(const Jobs& jobs, const JobResult& result) noexcept;

    const Clock& clock_;
    BusObserver* observer_ = nullptr;
    std::unique_ptr<Engine> engine_;  ///< used by the holder alone
    mpsse::CommandBuffer commands_;   ///< used by the holder alone
    EnginePace pace_;                 ///< used by the holder alone
    mpsse::PortState told_;           ///< the observer knows of; used by the holder alone
    std::optional<Pipeline> early_;   ///< of begin_early(); used by the holder alone
    /// What round_trip() is to end; used by the holder alone.
    struct Begun {
        mpsse::Banks reads;
        std::error_code error;
    };
    std::optional<Begun> begun_;
    /// The holder's own job, if it has not been told that it will wait; used by the holder alone.
    BusJob* untold_ = nullptr;

    Mutex mutex_;
    ConditionVariable changed_;  ///< a round ended, or the bus was let go
    Jobs queue_;                 ///< guarded by mutex_
    bool held_ = false;          ///< guarded by mutex_
    /// Threads in take(), and whether the bus was kept for one of them.
    unsigned takers_ = 0;  ///< guarded by mutex_
    bool handed_ = false;  ///< guarded by mutex_
    bool closed_ = false;  ///< guarded by mutex_
};

}  // namespace gpiofs::gpio
