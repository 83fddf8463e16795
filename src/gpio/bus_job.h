// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "mpsse/pins.h"

#include <system_error>

#include <memory>
#include <utility>

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
    /// Not set where nobody watches (BusObserver::watched()): asking a clock takes as long as
    /// three uncontended locks.
    TimePoint time{};
};

/// How a job ended. `sample` covers at least the banks the job asked for.
struct JobResult {
    std::error_code error;
    Sample sample;
};

/// One piece of work for the bus: a change, a read, or both (the change goes first).
/// The submitter fills in the public members before it submits and leaves them alone until done().
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
    /// False: refused with ETIMEDOUT instead of queued while the bus waits for recovery. The thread
    /// that runs Bus::recover() must not wait for itself.
    bool waits_for_recovery = true;

    /// Called while the bus is still held, in bus order, after the observer has seen the sample
    /// and before done(). Not called if the job failed, and not always for one that reads nothing.
    virtual void in_order(const JobResult& /*result*/) noexcept {}
    /// Called exactly once, with no lock held.
    virtual void done(const JobResult& result) noexcept = 0;

  private:
    friend class JobList;
    std::shared_ptr<BusJob> next_;  ///< in the list that has the job
};

/// Jobs in the order they came. A job is in one list at a time; putting it there allocates nothing.
/// Thread-bound.
class JobList {
  public:
    JobList() = default;
    explicit JobList(std::shared_ptr<BusJob> job) noexcept { push_back(std::move(job)); }
    JobList(JobList&& other) noexcept
        : first_(std::move(other.first_)), last_(std::exchange(other.last_, nullptr)) {}
    JobList& operator=(JobList&& other) noexcept {
        JobList dropped(std::move(*this));
        first_ = std::move(other.first_);
        last_ = std::exchange(other.last_, nullptr);
        return *this;
    }
    JobList(const JobList&) = delete;
    JobList& operator=(const JobList&) = delete;
    /// One after the other: a chain of owners would be destroyed recursively.
    ~JobList() {
        while (pop_front()) {
        }
    }

    bool empty() const noexcept { return first_ == nullptr; }
    void push_back(std::shared_ptr<BusJob> job) noexcept;
    /// Null if the list is empty.
    std::shared_ptr<BusJob> pop_front() noexcept;

    class Iterator {
      public:
        explicit Iterator(BusJob* job) noexcept : job_(job) {}
        BusJob& operator*() const noexcept { return *job_; }
        Iterator& operator++() noexcept {
            job_ = next(*job_);
            return *this;
        }
        bool operator==(const Iterator&) const noexcept = default;

      private:
        BusJob* job_;
    };
    Iterator begin() const noexcept { return Iterator(first_.get()); }
    static Iterator end() noexcept { return Iterator(nullptr); }

  private:
    static BusJob* next(const BusJob& job) noexcept { return job.next_.get(); }

    std::shared_ptr<BusJob> first_;
    BusJob* last_ = nullptr;
};

}  // namespace gpiofs::gpio
