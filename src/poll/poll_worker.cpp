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

/// Waits for its sample, which another thread may be the one to take.
class PollWorker::SampleJob final : public gpio::BusJob {
  public:
    void done(const gpio::JobResult& result) noexcept override {
        const std::lock_guard lock(mutex_);
        error_ = result.error;
        done_ = true;
        changed_.notify_all();
    }
    std::error_code wait() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return done_; });
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
      thread_(start_thread("poll", [this] { run(); })) {}

void PollWorker::stop() noexcept {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
}

void PollWorker::interval_changed() noexcept {
    const std::lock_guard lock(mutex_);
    interval_changed_ = true;
    changed_.notify_all();
}

void PollWorker::finish() noexcept { thread_.join(); }

std::error_code PollWorker::sample() {
    const auto job = std::make_shared<SampleJob>();
    job->reads = mpsse::banks_of(chip_->armed());
    if (job->reads == mpsse::Banks::none) {
        return {};
    }
    job->deadline = clock_.now() + timeout_;
    chip_->bus().submit(job);
    return job->wait();
}

std::error_code PollWorker::stream() {
    return chip_->bus().stream(timeout_, [this] {
        const std::lock_guard lock(mutex_);
        return !stopping_;
    });
}

void PollWorker::run() {
    chip_->begin_sampling();
    TimePoint next = clock_.now();
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        interval_changed_ = false;
        lock.unlock();
        const Duration interval = chip_->sample_interval();
        const bool streams = interval == Duration::zero();
        const std::error_code error = streams ? stream() : sample();
        const TimePoint now = clock_.now();
        next = std::max(next + interval, now);
        if (error == errno_code(ENODEV) || (streams && !error)) {
            // Until somebody says that there is something to do again.
            next = TimePoint::max();
        } else if (error) {
            next = std::max(next, now + pause_after_failure);
        }
        lock.lock();
        const auto due = [this] { return stopping_ || interval_changed_; };
        bool woken = true;
        if (next == TimePoint::max()) {
            changed_.wait(lock, due);
        } else if (next > now) {
            woken = changed_.wait_until(lock, next, due);
        } else {
            woken = due();  // a wait for the past costs as much as one for the future
        }
        if (woken) {
            next = clock_.now();
        }
    }
}

}  // namespace gpiofs::poll
