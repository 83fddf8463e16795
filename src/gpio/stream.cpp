// SPDX-License-Identifier: MIT
#include "gpio/stream.h"

#include "base/error.h"
#include "mpsse/reply.h"

#include <algorithm>
#include <cerrno>
#include <utility>

namespace gpiofs::gpio {
namespace {

using mpsse::Banks;
using mpsse::PinMask;

/// Engine time of one batch; two are under way.
constexpr Duration batch_time = std::chrono::microseconds(500);
constexpr std::size_t longest_batch = 4000;
/// The refusal of a bad command.
constexpr std::size_t mark_size = 2;
static_assert(4 * (longest_batch + 2 + mark_size) <= Pipeline::capacity / 2,
              "both banks of both batches fit into the IN transfers, also in small pieces");

/// Length of the batch that gives a first idea of the engine's speed: 0.4 ms for the slowest engine
/// anybody has reported, 6.5 us a command, and within every chip's reply FIFO.
constexpr std::size_t trial_length = 64;
constexpr int tries_per_length = 3;
/// Below this a host is measuring itself.
constexpr Duration shortest_command = std::chrono::nanoseconds(10);
/// How much slower than its pace the engine may seem before the host is thought to be late.
constexpr int pace_slack_percent = 5;

/// Reply bytes of a sample of banks, of which there is at least one.
std::size_t width(Banks banks) noexcept { return banks == Banks::both ? 2 : 1; }

bool is_mark(std::span<const std::uint8_t> replies) noexcept {
    return mpsse::end_of_bad_command_echo(replies.first(mark_size), mpsse::Opcode::bad).has_value();
}

}  // namespace

Stream::Stream(Bus& bus)
    : bus_(bus),
      observer_(*bus.observer_),
      clock_(bus.clock_),
      pace_(bus.pace_),
      pipeline_(*bus.engine_, Pipeline::Posting::always) {}

std::error_code Stream::run(Bus& bus, Duration timeout,
                            const std::function<bool()>& go_on) noexcept {
    try {
        Stream stream(bus);
        std::error_code error;
        try {
            error = stream.go_on(timeout, go_on);
        } catch (...) {
            error = errno_code(ENOMEM);
        }
        stream.refuse_jobs(error);
        return error;
    } catch (...) {
        return errno_code(ENOMEM);
    }
}

std::error_code Stream::go_on(Duration timeout, const std::function<bool()>& wanted) {
    std::error_code error;
    TimePoint deadline = clock_.now() + timeout;
    while (!error) {
        const PinMask lines = wanted() ? observer_.streamed_lines() : PinMask{0};
        if (lines == 0 && batches_.empty()) {
            return pipeline_.finish(deadline);
        }
        if (lines != 0 && has_room() && pipeline_.has_room()) {
            error = send_batch(lines);
            continue;
        }
        const std::size_t had = pipeline_.replies().size();
        error = pipeline_.wait(deadline);
        now_ = clock_.now();
        if (pipeline_.replies().size() > had) {
            deadline = now_ + timeout;
            if (!digest() && !error) {
                error = errno_code(EIO);
            }
        } else if (!error && now_ >= deadline) {
            // Transfers that end with nothing but status are no answer either.
            error = errno_code(ETIMEDOUT);
        }
    }
    return error;
}

std::size_t Stream::batch_length(Banks banks) const noexcept {
    if (measuring()) {
        return length_;
    }
    const auto commands = static_cast<std::size_t>(batch_time / pace_.command);
    const std::size_t samples = std::clamp(commands / width(banks), std::size_t{1}, longest_batch);
    // A reply that fills its last packet gives the transfer no short packet to end with.
    const std::size_t bytes = samples * width(banks) + mark_size;
    const bool fills_packets = bytes % pipeline_.packet_payload() == 0;
    return fills_packets ? samples - 1 : samples;
}

bool Stream::engine_is_idle(TimePoint now) const noexcept {
    if (batches_.empty()) {
        return true;
    }
    // Replies that nobody has collected yet do not tell when they came; the pace does.
    const TimePoint begun = std::max(last_sample_, batches_.front().sent + pace_.round_trip / 2);
    Duration work{};
    for (std::size_t n = 0; n < batches_.size(); ++n) {
        const Batch& batch = batches_[n];
        work += pace_.command * static_cast<Duration::rep>(batch.samples_left * width(batch.banks));
    }
    return now > begun + work + work * pace_slack_percent / 100 + pace_.round_trip;
}

std::error_code Stream::send_batch(PinMask lines) {
    Banks banks = mpsse::banks_of(lines);
    for (std::size_t n = 0; n < batches_.size(); ++n) {
        // The line that such a job is about to arm is watched from its answer on.
        banks |= batches_[n].jobs.empty() ? Banks::none : batches_[n].layout.reads;
    }
    const bool after_gap = at_full_length_ && engine_is_idle(clock_.now());
    at_full_length_ = !measuring();
    Batch& batch = batches_.push_back({});
    batch.after_gap = after_gap;
    batch.banks = banks;
    batch.jobs = bus_.take_round();
    if (const auto error = send_jobs(batch)) {
        return error;
    }
    batch.samples = batch.samples_left = batch_length(batch.banks);
    if (const std::size_t bytes = batch.samples * width(batch.banks) + mark_size;
        sampling_.reply_size() != bytes || sampled_banks_ != batch.banks) {
        sampled_banks_ = batch.banks;
        sampling_.clear();
        for (std::size_t n = 0; n < batch.samples; ++n) {
            sampling_.get_pins(batch.banks);
        }
        sampling_.bad_command(mpsse::Opcode::bad);
        sampling_.send_immediate();
    }
    batch.sent = clock_.now();
    return pipeline_.send(sampling_, std::nullopt);
}

std::error_code Stream::send_jobs(Batch& batch) {
    if (batch.jobs.empty()) {
        return {};
    }
    batch.after = pipeline_.shadow();
    job_commands_.clear();
    batch.banks |= mpsse::banks_of(observer_.watched(Bus::new_inputs(batch.jobs)));
    batch.layout = Bus::put_jobs(batch.jobs, batch.banks, batch.after, job_commands_);
    batch.layout.reads |= batch.banks;
    batch.banks = batch.layout.reads;
    job_commands_.get_pins(batch.layout.reads);
    job_commands_.send_immediate();
    return pipeline_.send(job_commands_, batch.after);
}

bool Stream::digest() {
    const auto replies = pipeline_.replies();
    std::size_t used = 0;
    while (used < replies.size() && !batches_.empty()) {
        const std::size_t taken = digest_batch(batches_.front(), replies.subspan(used));
        if (taken == 0) {
            break;
        }
        used += taken;
    }
    const bool expected = marks_right_ && (used == replies.size() || !batches_.empty());
    pipeline_.drop_replies(used);
    return expected;
}

std::size_t Stream::digest_batch(Batch& batch, std::span<const std::uint8_t> replies) {
    if (!batch.jobs.empty()) {
        const std::size_t size = batch.layout.size();
        if (replies.size() < size) {
            return 0;
        }
        answer_jobs(batch, replies.first(size));
        return size;
    }
    const std::size_t unit = width(batch.banks);
    const std::size_t left = batch.samples_left * unit;
    const bool whole = replies.size() >= left + mark_size;
    if (whole && !is_mark(replies.subspan(left))) {
        marks_right_ = false;
        return 0;
    }
    // If one was lost, the mark's first byte is where the last sample should be.
    const std::size_t count =
        whole ? batch.samples_left : std::min(batch.samples_left - 1, replies.size() / unit);
    if (count == 0) {
        return 0;
    }
    if (batch.samples_left == batch.samples) {
        begin(batch, count);
    }
    scan(batch, replies.first(count * unit));
    batch.samples_left -= count;
    if (!whole) {
        return count * unit;
    }
    if (measuring()) {
        measure(batch);
    }
    batches_.pop_front();
    return left + mark_size;
}

void Stream::answer_jobs(Batch& batch, std::span<const std::uint8_t> replies) {
    // The shadow has moved with the first change: its sample is the first that is told after it.
    bus_.tell_shadow(batch.after);
    const auto reply = bus_.tell_samples(batch.layout, replies, now_);
    JobResult result;
    result.sample = {mpsse::levels_from_reply(reply, batch.layout.reads),
                     mpsse::pins_of(batch.layout.reads), now_};
    keep(result.sample);
    observer_.sampled(result.sample);
    Bus::in_order(batch.jobs, result);
    batch.answered_jobs = true;
    Bus::answer(std::move(batch.jobs), result);
}

void Stream::begin(Batch& batch, std::size_t count) {
    batch.start = std::max(last_sample_, batch.sent + pace_.round_trip / 2);
    if (measuring()) {
        return;
    }
    const Duration gap = time_of(batch, 0, count - 1) - last_sample_;
    const Duration step = pace_.command * static_cast<Duration::rep>(width(batch.banks) + 1);
    observer_.streamed({batch.samples, batch.start, batch.after_gap ? gap : step, batch.after_gap});
}

TimePoint Stream::time_of(const Batch& batch, std::size_t number,
                          std::size_t after) const noexcept {
    const auto commands = [&](std::size_t samples) {
        return pace_.command * static_cast<Duration::rep>(samples * width(batch.banks));
    };
    const TimePoint by_arrival = now_ - commands(after);
    if (measuring()) {
        return by_arrival;
    }
    const Duration work = commands(number + 1);
    const TimePoint by_pace =
        batch.start + work + work * pace_slack_percent / 100 + pace_.round_trip / 2;
    return std::max(last_sample_, std::min(by_arrival, by_pace));
}

void Stream::keep(const Sample& sample) noexcept {
    levels_ = static_cast<PinMask>((levels_ & ~sample.valid) | (sample.levels & sample.valid));
    levels_known_ = true;
    last_sample_ = std::max(last_sample_, sample.time);
}

void Stream::scan(Batch& batch, std::span<const std::uint8_t> replies) {
    const std::size_t unit = width(batch.banks);
    const std::size_t count = replies.size() / unit;
    const std::size_t first = batch.samples - batch.samples_left;
    const auto valid = mpsse::pins_of(batch.banks);
    const auto relay = [&](std::size_t n) {
        const Sample sample{mpsse::levels_from_reply(replies.subspan(n * unit), batch.banks), valid,
                            time_of(batch, first + n, count - 1 - n)};
        keep(sample);
        observer_.sampled(sample);
    };
    std::size_t next = 0;
    if (!levels_known_) {
        relay(next++);
    }
    const auto watched = static_cast<PinMask>(observer_.streamed_lines() & valid);
    while ((next = first_change(replies, next, batch.banks, watched)) < count) {
        relay(next++);
    }
    last_sample_ = time_of(batch, first + count - 1, 0);
}

std::size_t Stream::first_change(std::span<const std::uint8_t> replies, std::size_t from,
                                 Banks banks, PinMask watched) const noexcept {
    if (banks == Banks::both) {
        std::size_t n = from;
        const std::size_t count = replies.size() / 2;
        while (n < count && ((mpsse::levels_from_reply(replies.subspan(2 * n), banks) ^ levels_) &
                             watched) == 0) {
            ++n;
        }
        return n;
    }
    const unsigned shift = banks == Banks::high ? 8 : 0;
    const auto mask = static_cast<std::uint8_t>(watched >> shift);
    const auto same = static_cast<std::uint8_t>(levels_ >> shift);
    const auto at =
        std::find_if(replies.begin() + static_cast<std::ptrdiff_t>(from), replies.end(),
                     [=](std::uint8_t levels) { return ((levels ^ same) & mask) != 0; });
    return static_cast<std::size_t>(at - replies.begin());
}

void Stream::measure(const Batch& batch) {
    if (batch.answered_jobs) {
        return;
    }
    fastest_ = std::min(fastest_, now_ - batch.sent);
    if (++tries_ < tries_per_length) {
        return;
    }
    const auto commands = static_cast<Duration::rep>(length_ * width(batch.banks)) - 1;
    if (length_ == 1) {
        pace_.round_trip = fastest_;
        length_ = trial_length;
    } else {
        const Duration command =
            std::max((fastest_ - pace_.round_trip) / commands, shortest_command);
        const auto wanted = static_cast<std::size_t>(batch_time / command) / width(batch.banks);
        if (length_ > trial_length || wanted < 2 * trial_length) {
            pace_.command = command;
        } else {
            length_ = std::min(wanted, longest_batch);
        }
    }
    fastest_ = Duration::max();
    tries_ = 0;
}

void Stream::refuse_jobs(std::error_code error) noexcept {
    while (!batches_.empty()) {
        Bus::answer(std::move(batches_.pop_front().jobs), {Bus::as_told(error), {}});
    }
}

}  // namespace gpiofs::gpio
