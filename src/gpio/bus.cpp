// SPDX-License-Identifier: MIT
#include "gpio/bus.h"

#include "base/error.h"
#include "gpio/stream.h"
#include "mpsse/reply.h"

#include <algorithm>
#include <cerrno>
#include <utility>

namespace gpiofs::gpio {

using mpsse::Banks;
using mpsse::PortState;

std::size_t Bus::Layout::size() const noexcept {
    return changes * mpsse::bank_count(sampled) + mpsse::bank_count(reads);
}

Bus::Bus(std::unique_ptr<Engine> engine, const Clock& clock)
    : clock_(clock),
      engine_(std::move(engine)),
      told_(engine_->shadow()),
      early_(std::in_place, *engine_, Pipeline::Posting::for_a_reply) {}

void Bus::submit(std::shared_ptr<BusJob> job) noexcept {
    std::error_code refusal;
    {
        const std::lock_guard lock(mutex_);
        if (closed_) {
            refusal = errno_code(ENODEV);
        } else if (recovering_ && !held_ && !job->waits_for_recovery) {
            refusal = errno_code(ETIMEDOUT);
        } else if (held_ || recovering_) {
            queue_.push_back(std::move(job));
            if (recovering_) {
                changed_.notify_all();
            }
            return;
        } else {
            held_ = true;
        }
    }
    if (refusal) {
        job->done({refusal, {}});
    } else {
        hold(JobList(std::move(job)));
    }
}

bool Bus::take() noexcept {
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

void Bus::hold(JobList round) noexcept {
    while (!round.empty()) {
        const JobResult result = outcome(round_trip(round));
        in_order(round, result);
        round = let_go_or_go_on(std::move(round), result);
    }
}

std::error_code Bus::stream(Duration timeout, const std::function<bool()>& go_on) noexcept {
    if (!take()) {
        return errno_code(ENODEV);
    }
    JobResult result;
    result.error = ensure_in_step(clock_.now() + timeout);
    tell_shadow(engine_->shadow());
    if (!result.error) {
        result.error = Stream::run(*this, timeout, go_on);
    }
    tell_shadow(engine_->shadow());
    result = outcome(result);
    hold(let_go_or_go_on({}, result));
    return result.error;
}

bool Bus::recovering() const noexcept {
    const std::lock_guard lock(mutex_);
    return recovering_;
}

std::error_code Bus::recover(Duration attempt, const std::function<bool()>& go_on) noexcept {
    if (!take()) {
        return errno_code(ENODEV);
    }
    const TimePoint end = clock_.now() + recovery_time;
    JobResult result;
    while (true) {
        const TimePoint began = clock_.now();
        result.error = ensure_in_step(began + std::min<Duration>(attempt, attempt_interval));
        tell_shadow(engine_->shadow());
        result = outcome(result);
        if (!result.error || result.error == errno_code(ENODEV) || !go_on() ||
            clock_.now() >= end) {
            break;
        }
        refuse_queue(result);
        std::unique_lock lock(mutex_);
        changed_.wait_until(lock, began + attempt_interval,
                            [this] { return closed_ || !queue_.empty(); });
    }
    JobList refused;
    {
        const std::lock_guard lock(mutex_);
        recovering_ = false;
        if (result.error) {
            refused = std::exchange(queue_, {});
        }
    }
    answer(std::move(refused), result);
    hold(let_go_or_go_on({}, {}));
    observer_->recovery_over();
    return result.error;
}

void Bus::give_up_recovery() noexcept {
    JobList refused;
    {
        const std::lock_guard lock(mutex_);
        if (!recovering_ || held_) {
            return;
        }
        recovering_ = false;
        refused = std::exchange(queue_, {});
    }
    answer(std::move(refused), {errno_code(ETIMEDOUT), {}});
}

std::error_code Bus::ensure_in_step(TimePoint deadline) noexcept {
    if (engine_->in_step() && !engine_->proof_due()) {
        return {};
    }
    const auto error = engine_->ensure_in_step(deadline);
    if (engine_->take_power_loss()) {
        observer_->power_lost();
    }
    if (!error) {
        const std::lock_guard lock(mutex_);
        recovering_ = false;
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

void Bus::tell_shadow(const PortState& shadow) noexcept {
    if (shadow != told_) {
        told_ = shadow;
        observer_->committed(told_);
    }
}

JobList Bus::let_go_or_go_on(JobList round, const JobResult& result) noexcept {
    JobList refused;
    bool recovery_due = false;
    bool goes_on = false;
    {
        const std::lock_guard lock(mutex_);
        // One silence is enough: who queued behind it would only wait for the same silence again.
        if (result.error == errno_code(ETIMEDOUT) || result.error == errno_code(ENODEV)) {
            refused = std::exchange(queue_, {});
        }
        if (result.error == errno_code(ETIMEDOUT) && !closed_) {
            recovery_due = !std::exchange(recovering_, true);
        }
        goes_on = let_go_locked();
    }
    JobList next;
    if (goes_on && engine_->in_step()) {
        next = take_round();
        if (!next.empty()) {
            begin_early(next);
        }
    }
    answer(std::move(round), result);
    answer(std::move(refused), result);
    if (recovery_due && !observer_->recovery_due()) {
        give_up_recovery();
    }
    while (goes_on && next.empty()) {
        next = take_round();
        if (next.empty()) {
            const std::lock_guard lock(mutex_);
            goes_on = let_go_locked();
        }
    }
    return next;
}

bool Bus::let_go_locked() noexcept {
    handed_ = takers_ > 0 && !closed_;
    held_ = handed_ || (!queue_.empty() && !recovering_);
    changed_.notify_all();
    return held_ && !handed_;
}

mpsse::PinMask Bus::new_inputs(const JobList& jobs) noexcept {
    mpsse::PinMask lines = 0;
    for (const BusJob& job : jobs) {
        lines |= static_cast<mpsse::PinMask>(job.change.outputs_of & ~job.change.outputs);
    }
    return lines;
}

TimePoint Bus::latest_deadline(const JobList& jobs) noexcept {
    TimePoint latest = TimePoint::min();
    for (const BusJob& job : jobs) {
        latest = std::max(latest, job.deadline);
    }
    return latest;
}

JobResult Bus::round_trip(JobList& round) noexcept {
    const TimePoint deadline = latest_deadline(round);
    const bool begun = begun_.has_value();
    JobResult result;
    result.error = send(round, deadline);
    tell_shadow(engine_->shadow());
    const Layout layout = layout_;
    if (result.error || layout.size() == 0) {
        return result;
    }
    if (!layout.proves) {
        answer_changes(round);
    }
    result.error = begun ? early_->finish(deadline) : engine_->receive(layout.size(), deadline);
    if (result.error) {
        return result;
    }
    const bool watched = observer_->watched(0) != 0;
    const TimePoint now = watched ? clock_.now() : TimePoint{};
    const auto replies = tell_samples(layout, begun ? early_->replies() : engine_->reply(), now);
    if (layout.reads != Banks::none) {
        result.sample = {mpsse::levels_from_reply(replies, layout.reads),
                         mpsse::pins_of(layout.reads), now};
        if (watched) {
            observer_->sampled(result.sample);
        }
    }
    return result;
}

std::error_code Bus::send(const JobList& round, TimePoint deadline) noexcept {
    if (begun_) {
        const std::error_code error = *std::exchange(begun_, std::nullopt);
        return error ? error : early_->finish_sending(deadline);
    }
    if (const auto error = ensure_in_step(deadline)) {
        return error;
    }
    try {
        const PortState after = compose(round);
        return engine_->send(commands_, after, deadline);
    } catch (...) {
        return errno_code(ENOMEM);  // nothing was sent
    }
}

void Bus::begin_early(const JobList& round) noexcept {
    try {
        const PortState after = compose(round);
        early_->drop_replies(early_->replies().size());
        begun_ = early_->send(commands_, after);
    } catch (...) {
        begun_ = errno_code(ENOMEM);
    }
}

std::span<const std::uint8_t> Bus::tell_samples(const Layout& layout,
                                                std::span<const std::uint8_t> replies,
                                                TimePoint time) noexcept {
    const std::size_t size = mpsse::bank_count(layout.sampled);
    for (std::size_t n = 0; n < layout.changes && size > 0; ++n) {
        observer_->sampled({mpsse::levels_from_reply(replies.first(size), layout.sampled),
                            mpsse::pins_of(layout.sampled), time});
        replies = replies.subspan(size);
    }
    return replies;
}

PortState Bus::compose(const JobList& round) {
    commands_.clear();
    PortState after = engine_->shadow();
    const auto watched = observer_->watched(new_inputs(round));
    layout_ = put_jobs(round, mpsse::banks_of(watched), after, commands_);
    layout_.reads |= observer_->overdue(layout_.reads);
    layout_.proves = layout_.changes > 0 && engine_->proof_due();
    if (layout_.proves && layout_.size() == 0) {
        layout_.reads = Banks::low;
    }
    commands_.get_pins(layout_.reads);
    commands_.send_immediate();
    return after;
}

Bus::Layout Bus::put_jobs(const JobList& jobs, Banks sampled, PortState& state,
                          mpsse::CommandBuffer& commands) {
    Layout layout{sampled, 0, Banks::none, false};
    for (const BusJob& job : jobs) {
        if (const Banks banks = job.change.banks(); banks != Banks::none) {
            state = job.change.applied_to(state);
            commands.set_pins(state, banks);
            commands.get_pins(sampled);
            ++layout.changes;
        }
        layout.reads |= job.reads;
    }
    return layout;
}

JobList Bus::take_round() noexcept {
    JobList queued;
    JobList round;
    JobList refused;
    {
        const std::lock_guard lock(mutex_);
        queued = std::exchange(queue_, {});
    }
    const TimePoint now = queued.empty() ? TimePoint{} : clock_.now();
    while (auto job = queued.pop_front()) {
        (job->deadline > now ? round : refused).push_back(std::move(job));
    }
    answer(std::move(refused), {errno_code(ETIMEDOUT), {}});
    return round;
}

void Bus::refuse_queue(const JobResult& result) noexcept {
    JobList refused;
    {
        const std::lock_guard lock(mutex_);
        refused = std::exchange(queue_, {});
    }
    answer(std::move(refused), result);
}

void Bus::in_order(const JobList& jobs, const JobResult& result) noexcept {
    if (!result.error) {
        for (BusJob& job : jobs) {
            job.in_order(result);
        }
    }
}

void Bus::answer(JobList jobs, const JobResult& result) noexcept {
    while (const auto job = jobs.pop_front()) {
        job->done(result);
    }
}

void Bus::answer_changes(JobList& jobs) noexcept {
    JobList reading;
    while (auto job = jobs.pop_front()) {
        if (job->reads == Banks::none) {
            job->done({});
        } else {
            reading.push_back(std::move(job));
        }
    }
    jobs = std::move(reading);
}

void Bus::close() noexcept {
    JobList refused;
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        recovering_ = false;
        refused = std::exchange(queue_, {});
        if (held_) {
            engine_->abort();
        }
        changed_.notify_all();
    }
    answer(std::move(refused), {errno_code(ENODEV), {}});
}

std::unique_ptr<Engine> Bus::retire() noexcept {
    {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return !held_; });
    }
    early_.reset();
    return std::move(engine_);
}

}  // namespace gpiofs::gpio
