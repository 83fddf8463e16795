// SPDX-License-Identifier: MIT
#include "poll/poll_worker.h"

#include "base/error.h"
#include "base/thread.h"

#include <algorithm>
#include <cerrno>

namespace gpiofs::poll {
namespace {

/// After a failure the next try waits at least so long: a sick board is not worth a busy loop.
constexpr auto pause_after_failure = std::chrono::milliseconds(100);

}  // namespace

/// Waits for its sample, which another thread may be the one to take. Used again and again: a
/// sample allocates nothing.
class PollWorker::SampleJob final : public gpio::BusJob {
  public:
    SampleJob() { waits_for_recovery = false; }
    void done(const gpio::JobResult& result) noexcept override {
        const std::lock_guard lock(mutex_);
        error_ = result.error;
        done_ = true;
        changed_.notify_all();
    }
    std::error_code wait() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return done_; });
        done_ = false;
        return error_;
    }

  private:
    Mutex mutex_;
    ConditionVariable changed_;
    std::error_code error_;  ///< guarded by mutex_
    bool done_ = false;      ///< guarded by mutex_
};

PollWorker::PollWorker(std::shared_ptr<gpio::Chip> chip, const Clock& clock, Duration timeout)
    : chip_(std::move(chip)),
      clock_(clock),
      timeout_(timeout),
      job_(std::make_shared<SampleJob>()),
      thread_(start_thread("poll", [this] { run(); })) {}

void PollWorker::stop() noexcept {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
}

void PollWorker::work_changed() noexcept {
    const std::lock_guard lock(mutex_);
    work_changed_ = true;
    changed_.notify_all();
}

void PollWorker::finish() noexcept { thread_.join(); }

bool PollWorker::wanted() noexcept {
    const std::lock_guard lock(mutex_);
    return !stopping_;
}

std::error_code PollWorker::sample() {
    job_->reads = mpsse::banks_of(chip_->armed());
    if (job_->reads == mpsse::Banks::none) {
        return {};
    }
    job_->deadline = clock_.now() + timeout_;
    chip_->bus().submit(job_);
    return job_->wait();
}

std::error_code PollWorker::stream() {
    return chip_->bus().stream(timeout_, [this] { return wanted(); });
}

std::error_code PollWorker::recover() {
    return chip_->bus().recover(timeout_, [this] { return wanted(); });
}

TimePoint PollWorker::work(TimePoint due) {
    const Duration interval = chip_->sample_interval();
    const bool recovers = chip_->bus().recovering();
    const bool streams = interval == Duration::zero();
    std::error_code error;
    if (recovers) {
        error = recover();
    } else if (chip_->armed() != 0) {
        error = streams ? stream() : sample();
    }
    const TimePoint now = clock_.now();
    if (error == errno_code(ENODEV) || (!error && !recovers && (streams || chip_->armed() == 0))) {
        return TimePoint::max();
    }
    if (error) {
        return std::max(due + interval, now + pause_after_failure);
    }
    return recovers ? now : std::max(due + interval, now);
}

void PollWorker::run() {
    chip_->begin_sampling();
    TimePoint next = clock_.now();
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        work_changed_ = false;
        lock.unlock();
        next = work(next);
        lock.lock();
        const auto told = [this] { return stopping_ || work_changed_; };
        bool woken = true;
        if (next == TimePoint::max()) {
            changed_.wait(lock, told);
        } else if (next > clock_.now()) {
            woken = changed_.wait_until(lock, next, told);
        } else {
            woken = told();  // a wait for the past costs as much as one for the future
        }
        if (woken) {
            next = clock_.now();
        }
    }
}

}  // namespace gpiofs::poll
