// SPDX-License-Identifier: MIT
#include "gpio/chip.h"

#include "base/error.h"

#include <cerrno>
#include <utility>

namespace gpiofs::gpio {

using mpsse::PinMask;
using mpsse::PortState;

namespace {

/// The edges on the wire that count as `edge`.
struct WireEdges {
    WireEdges(Edge edge, bool active_low)
        : rising(edge == Edge::both || edge == (active_low ? Edge::falling : Edge::rising)),
          falling(edge == Edge::both || edge == (active_low ? Edge::rising : Edge::falling)) {}
    bool rising;
    bool falling;
};

}  // namespace

Chip::Chip(ChipInfo info, std::unique_ptr<Engine> engine, const Clock& clock,
           std::chrono::microseconds sample_interval, ChipObserver& observer)
    : info_(std::move(info)),
      clock_(clock),
      observer_(observer),
      sample_interval_(sample_interval),
      state_(engine->shadow()),
      bus_(std::move(engine), clock) {
    bus_.observe(*this);
}

PortState Chip::state() const {
    const std::lock_guard lock(mutex_);
    return state_;
}

void Chip::set_sample_interval(std::chrono::microseconds interval) noexcept {
    sample_interval_ = interval;
    begin_sampling();
    observer_.work_changed(shared_from_this());
}

void Chip::begin_sampling() noexcept {
    const std::lock_guard lock(mutex_);
    stats_.restart(clock_.now());
}

SamplingReport Chip::sampling_report() const {
    const std::lock_guard lock(mutex_);
    return stats_.report();
}

std::vector<std::shared_ptr<Line>> Chip::lines() const {
    std::vector<std::shared_ptr<Line>> exported;
    const std::lock_guard lock(mutex_);
    for (const auto& line : lines_) {
        if (line) {
            exported.push_back(line);
        }
    }
    return exported;
}

std::shared_ptr<Line> Chip::line(unsigned offset) const {
    if (offset >= max_lines) {
        return nullptr;
    }
    const std::lock_guard lock(mutex_);
    return lines_[offset];
}

std::shared_ptr<Line> Chip::export_line(unsigned offset, ObjectId id) {
    if (offset >= info_.lines || (info_.limits.present >> offset & 1U) == 0) {
        throw_errno(EINVAL, "no such line");
    }
    auto line = std::make_shared<Line>(shared_from_this(), offset, std::move(id));
    const std::lock_guard lock(mutex_);
    if (dead()) {
        throw_errno(ENODEV, "the board is gone");
    }
    if (lines_[offset]) {
        throw_errno(EBUSY, "the line is exported already");
    }
    lines_[offset] = line;
    return line;
}

void Chip::unexport_line(unsigned offset) {
    std::shared_ptr<Line> line;
    {
        const std::lock_guard lock(mutex_);
        if (dead()) {
            throw_errno(ENODEV, "the board is gone");
        }
        if (offset < max_lines) {
            line = unlink_locked(offset);
        }
    }
    if (!line) {
        throw_errno(EINVAL, "the line is not exported");
    }
    WakeList wake;
    line->value_events_.kill(wake);
    line->quiet_events_.kill(wake);
    wake.notify_all();
    observer_.work_changed(shared_from_this());
}

std::shared_ptr<Line> Chip::unlink_locked(unsigned offset) {
    edges_.clear(offset);
    note_armed_locked();
    return std::exchange(lines_[offset], nullptr);
}

void Chip::arm_locked(const Line& line, bool level) {
    const WireEdges edges(line.edge_, line.active_low_);
    edges_.set(line.offset_, edges.rising, edges.falling, level);
    note_armed_locked();
}

bool Chip::note_armed_locked() noexcept {
    with_edges_ = edges_.armed();
    const auto armed = static_cast<PinMask>(edges_.armed() & ~state_.outputs);
    return (armed_.exchange(armed) != 0) != (armed != 0);
}

bool Chip::has_work() const noexcept {
    return armed() != 0 || worker_holds_ != 0 || bus_.recovering();
}

Chip::WorkerHold::WorkerHold(std::shared_ptr<Chip> chip) : chip_(std::move(chip)) {
    ++chip_->worker_holds_;
    try {
        chip_->observer_.need_worker(chip_);
    } catch (...) {
        --chip_->worker_holds_;
        throw;
    }
}

Chip::WorkerHold::~WorkerHold() {
    if (chip_) {
        --chip_->worker_holds_;
        chip_->observer_.work_changed(chip_);
    }
}

void Chip::unexport_all(WakeList& wake) {
    std::array<std::shared_ptr<Line>, max_lines> lines;
    {
        const std::lock_guard lock(mutex_);
        for (unsigned offset = 0; offset < max_lines; ++offset) {
            lines[offset] = unlink_locked(offset);
        }
    }
    for (const auto& line : lines) {
        if (line) {
            line->value_events_.kill(wake);
            line->quiet_events_.kill(wake);
        }
    }
}

void Chip::kill() noexcept {
    WakeList wake;
    events_.kill(wake);
    unexport_all(wake);
    bus_.close();
    wake.notify_all();
    observer_.work_changed(shared_from_this());
}

mpsse::Banks Chip::overdue(mpsse::Banks reads) noexcept {
    const PinMask lines = armed();
    const Duration interval = sample_interval();
    if ((lines & ~mpsse::pins_of(reads)) == 0 || interval == Duration::zero()) {
        return mpsse::Banks::none;
    }
    const std::lock_guard lock(mutex_);
    return clock_.now() - last_sample_ > interval ? mpsse::banks_of(lines) : mpsse::Banks::none;
}

void Chip::sampled(const Sample& sample) noexcept {
    WakeList wake;
    {
        const std::lock_guard lock(mutex_);
        if (const PinMask lines = armed(); lines != 0 && (lines & ~sample.valid) == 0) {
            last_sample_ = sample.time;
            if (const Duration interval = sample_interval(); interval != Duration::zero()) {
                stats_.sampled(last_sample_, interval);
            }
        }
        const auto fired = static_cast<PinMask>(edges_.feed(sample) & armed());
        for (unsigned offset = 0; fired >> offset != 0; ++offset) {
            if ((fired >> offset & 1U) != 0 && lines_[offset]) {
                lines_[offset]->edge_came_locked(sample, wake);
            }
        }
    }
    wake.notify_all();
}

PinMask Chip::streamed_lines() noexcept {
    return sample_interval() == std::chrono::microseconds::zero() ? armed() : PinMask{0};
}

void Chip::streamed(const StreamedBatch& batch) noexcept {
    if (sample_interval() != Duration::zero()) {
        return;  // the end of a stream that is not wanted any more
    }
    const std::lock_guard lock(mutex_);
    stats_.streamed(batch.begun, clock_.now(), batch.samples, batch.largest_gap,
                    batch.after_overrun);
}

void Chip::committed(const PortState& shadow) noexcept {
    bool work_changed = false;
    {
        const std::lock_guard lock(mutex_);
        const PinMask were_outputs = std::exchange(state_, shadow).outputs;
        edges_.forget(static_cast<PinMask>(were_outputs & ~shadow.outputs));
        work_changed = note_armed_locked();
    }
    if (work_changed) {
        observer_.work_changed(shared_from_this());
    }
}

bool Chip::recovery_due() noexcept {
    try {
        observer_.need_worker(shared_from_this());
    } catch (...) {
        return false;
    }
    observer_.work_changed(shared_from_this());
    return true;
}

void Chip::recovery_over() noexcept { observer_.work_changed(shared_from_this()); }

void Chip::power_lost() noexcept {
    WakeList wake;
    unexport_all(wake);
    wake.notify_all();
    observer_.work_changed(shared_from_this());
}

void Chip::lost() noexcept {
    if (!dead()) {
        observer_.board_lost(info_);
    }
}

}  // namespace gpiofs::gpio
