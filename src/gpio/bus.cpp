#include "gpio/bus.h"

#include "base/error.h"
#include "gpio/stream.h"
#include "mpsse/reply.h"

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <utility>

namespace gpiofs::gpio {

using mpsse::Banks;
using mpsse::PinMask;
using mpsse::PortState;

PortState PinChange::applied_to(const PortState& state) const noexcept {
    const auto mix = [](PinMask old, PinMask wanted, PinMask mask) {
        return static_cast<PinMask>((old & ~mask) | (wanted & mask));
    };
    return {mix(state.levels, levels, levels_of), mix(state.outputs, outputs, outputs_of)};
}

Bus::Bus(std::unique_ptr<Engine> engine, const Clock& clock)
    : clock_(clock),
      engine_(std::move(engine)),
      told_(engine_->shadow()),
      early_(std::in_place, *engine_, Pipeline::Posting::for_a_reply) {
    engine_->before_waiting([this] { about_to_wait(); });
}

void Bus::submit(std::shared_ptr<BusJob> job) {
    std::unique_lock lock(mutex_);
    const bool told = held_ && !closed_;
    if (told) {
        lock.unlock();
        job->will_wait();
        lock.lock();
    }
    if (job->state_ == BusJob::State::cancelled) {
        return;
    }
    if (held_ && !closed_) {
        queue_.push_back(std::move(job));
        return;
    }
    const bool refused = closed_;
    job->state_ = refused ? BusJob::State::finished : BusJob::State::in_flight;
    held_ = held_ || !refused;
    lock.unlock();
    if (refused) {
        job->done({errno_code(ENODEV), {}});
    } else {
        // A job may submit another when it is done: that one finds no memory to use again.
        thread_local Jobs memory;
        Jobs round = std::exchange(memory, {});
        round.push_back(std::move(job));
        untold_ = told ? nullptr : round.front().get();
        hold(round);
        memory = std::move(round);
    }
}

void Bus::about_to_wait() noexcept {
    if (BusJob* const job = std::exchange(untold_, nullptr)) {
        job->will_wait();
    }
}

bool Bus::take() {
    std::unique_lock lock(mutex_);
    ++takers_;
    changed_.wait(lock, [this] { return handed_ || !held_ || closed_; });
    --takers_;
    const bool free = handed_ || !held_;
    handed_ = handed_ && !free;
    if (free) {
        held_ = !closed_;
        changed_.notify_all();
    }
    return !closed_;
}

void Bus::hold(Jobs& round) {
    while (!round.empty()) {
        const JobResult result = outcome(round_trip(round));
        untold_ = nullptr;
        in_order(round, result);
        let_go_or_go_on(round, result);
    }
}

std::error_code Bus::stream(Duration timeout, const std::function<bool()>& go_on) {
    if (!take()) {
        return errno_code(ENODEV);
    }
    JobResult result;
    result.error = ensure_in_step(clock_.now() + timeout);
    tell_shadow();
    if (!result.error) {
        result.error = Stream(*this, *engine_, *observer_, clock_, pace_).run(timeout, go_on);
    }
    result = outcome(result);
    Jobs round;
    let_go_or_go_on(round, result);
    hold(round);
    return result.error;
}

std::error_code Bus::ensure_in_step(TimePoint deadline) {
    const auto error = engine_->ensure_in_step(deadline);
    if (engine_->take_power_loss()) {
        observer_->power_lost();
    }
    return error;
}

std::error_code Bus::as_told(std::error_code error) noexcept {
    return error == errno_code(ECANCELED) ? errno_code(ENODEV) : error;
}

JobResult Bus::outcome(JobResult result) noexcept {
    if (result.error == errno_code(ENODEV)) {
        observer_->lost();
    }
    result.error = as_told(result.error);
    return result;
}

void Bus::tell_shadow() noexcept {
    if (engine_->shadow() != told_) {
        told_ = engine_->shadow();
        observer_->committed(told_);
    }
}

void Bus::let_go_or_go_on(Jobs& round, const JobResult& result) {
    Jobs cancelled;  // outlives the lock: their destructors are not ours to run there
    Jobs refused;
    bool waited_for = false;
    {
        const std::lock_guard lock(mutex_);
        finish_locked(round, cancelled);
        // One silence is enough: who queued behind it would only wait for the same silence again.
        if (result.error == errno_code(ETIMEDOUT) || result.error == errno_code(ENODEV)) {
            refused = refuse_queue_locked();
        }
        waited_for = let_go_locked();
    }
    Jobs next;
    if (waited_for && !result.error) {
        next = take_round();
        if (!next.empty()) {
            begin_early(next);
        }
    }
    answer(round, result);
    answer(refused, result);
    round.clear();
    if (!next.empty()) {
        round.swap(next);  // otherwise it keeps its memory
    }
    while (waited_for && round.empty()) {
        round = take_round();
        if (round.empty()) {
            const std::lock_guard lock(mutex_);
            waited_for = let_go_locked();
        }
    }
}

bool Bus::let_go_locked() {
    handed_ = takers_ > 0 && !closed_;
    held_ = handed_ || !queue_.empty();
    changed_.notify_all();
    return held_ && !handed_;
}

JobResult Bus::round_trip(const Jobs& round) {
    const auto later = [](const auto& a, const auto& b) { return a->deadline < b->deadline; };
    const TimePoint deadline = (*std::max_element(round.begin(), round.end(), later))->deadline;
    JobResult result;
    Banks reads = Banks::none;
    const bool begun = begun_.has_value();
    if (begun) {
        reads = begun_->reads;
        result.error = begun_->error ? begun_->error : early_->finish(deadline);
        begun_.reset();
    } else {
        if (!engine_->in_step()) {
            about_to_wait();
            result.error = ensure_in_step(deadline);
        }
        if (!result.error) {
            const PortState after = compose(round, reads);
            result.error = engine_->exchange(commands_, after, deadline);
        }
    }
    tell_shadow();
    if (!result.error && reads != Banks::none) {
        const auto reply = begun ? early_->replies() : engine_->reply();
        result.sample = {mpsse::levels_from_reply(reply, reads), mpsse::pins_of(reads)};
        if (observer_->watches()) {
            result.sample.time = clock_.now();
            observer_->sampled(result.sample);
        }
    }
    return result;
}

void Bus::begin_early(const Jobs& round) {
    Begun& begun = begun_.emplace();
    const PortState after = compose(round, begun.reads);
    early_->drop_replies(early_->replies().size());
    begun.error = early_->send(commands_, after);
}

PortState Bus::compose(const Jobs& round, Banks& reads) {
    commands_.clear();
    PortState after = engine_->shadow();
    reads = put_jobs(round, after, commands_);
    reads |= observer_->overdue(reads);
    commands_.get_pins(reads);
    commands_.send_immediate();
    return after;
}

Banks Bus::put_jobs(const Jobs& jobs, PortState& state, mpsse::CommandBuffer& commands) {
    Banks reads = Banks::none;
    for (const auto& job : jobs) {
        if (const Banks banks = job->change.banks(); banks != Banks::none) {
            state = job->change.applied_to(state);
            commands.set_pins(state, banks);
        }
        reads |= job->reads;
    }
    return reads;
}

Bus::Jobs Bus::take_round() {
    Jobs refused;
    Jobs round;
    {
        const std::lock_guard lock(mutex_);
        round = std::exchange(queue_, {});
        const TimePoint now = round.empty() ? TimePoint{} : clock_.now();
        const auto first_late = std::stable_partition(
            round.begin(), round.end(), [now](const auto& job) { return job->deadline > now; });
        std::move(first_late, round.end(), std::back_inserter(refused));
        round.erase(first_late, round.end());
        mark_locked(refused, BusJob::State::finished);
        mark_locked(round, BusJob::State::in_flight);
    }
    answer(refused, {errno_code(ETIMEDOUT), {}});
    return round;
}

void Bus::end_round(Jobs round, const JobResult& result) {
    if (round.empty()) {
        return;
    }
    Jobs cancelled;
    {
        const std::lock_guard lock(mutex_);
        finish_locked(round, cancelled);
        changed_.notify_all();
    }
    answer(round, result);
}

void Bus::finish_locked(Jobs& round, Jobs& cancelled) noexcept {
    const auto first_cancelled = std::stable_partition(
        round.begin(), round.end(),
        [](const auto& job) { return job->state_ != BusJob::State::cancelled; });
    std::move(first_cancelled, round.end(), std::back_inserter(cancelled));
    round.erase(first_cancelled, round.end());
    mark_locked(round, BusJob::State::finished);
}

Bus::Jobs Bus::refuse_queue_locked() {
    Jobs jobs = std::exchange(queue_, {});
    mark_locked(jobs, BusJob::State::finished);
    return jobs;
}

void Bus::mark_locked(const Jobs& jobs, BusJob::State state) noexcept {
    for (const auto& job : jobs) {
        job->state_ = state;
    }
}

void Bus::in_order(const Jobs& jobs, const JobResult& result) noexcept {
    if (!result.error) {
        for (const auto& job : jobs) {
            job->in_order(result);
        }
    }
}

void Bus::answer(const Jobs& jobs, const JobResult& result) noexcept {
    for (const auto& job : jobs) {
        job->done(result);
    }
}

bool Bus::cancel(BusJob& job, Duration grace) {
    using State = BusJob::State;
    std::shared_ptr<BusJob> unlinked;  // outlives the lock: its destructor is not ours to run there
    std::unique_lock lock(mutex_);
    if (job.state_ == State::in_flight) {
        const auto finished = [&job] { return job.state_ == State::finished; };
        changed_.wait_for(lock, grace, finished);
    } else if (job.state_ == State::waiting) {
        const auto at = std::find_if(queue_.begin(), queue_.end(),
                                     [&job](const auto& queued) { return queued.get() == &job; });
        if (at != queue_.end()) {
            unlinked = std::move(*at);
            queue_.erase(at);
        }
    }
    if (job.state_ == State::finished) {
        return false;
    }
    job.state_ = State::cancelled;
    return true;
}

void Bus::close() noexcept {
    Jobs refused;
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        refused = refuse_queue_locked();
        if (held_) {
            engine_->abort();
        }
    }
    answer(refused, {errno_code(ENODEV), {}});
}

std::unique_ptr<Engine> Bus::retire() noexcept {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !held_; });
    early_.reset();
    engine_->before_waiting(nullptr);
    return std::move(engine_);
}

}  // namespace gpiofs::gpio
