#include "gpio/chip.h"

#include "base/error.h"

#include <cerrno>
#include <utility>

namespace gpiofs::gpio {

using mpsse::PinMask;
using mpsse::PortState;

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
    observer_.arming_changed(shared_from_this());
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

std::shared_ptr<Line> Chip::export_line(unsigned offset, std::uint64_t id) {
    if (offset >= info_.lines || (info_.limits.present >> offset & 1U) == 0) {
        throw_errno(EINVAL, "no such line");
    }
    auto line = std::make_shared<Line>(shared_from_this(), offset, id);
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
    observer_.arming_changed(shared_from_this());
}

std::shared_ptr<Line> Chip::unlink_locked(unsigned offset) {
    detector_.clear(offset);
    return std::exchange(lines_[offset], nullptr);
}

PinMask Chip::armed() const {
    const std::lock_guard lock(mutex_);
    return detector_.armed();
}

void Chip::arm_locked(Line& line, bool level) {
    const bool both = line.edge_ == Edge::both;
    const bool rising = both || line.edge_ == (line.active_low_ ? Edge::falling : Edge::rising);
    const bool falling = both || line.edge_ == (line.active_low_ ? Edge::rising : Edge::falling);
    detector_.set(line.offset_, rising, falling, level);
}

void Chip::kill() noexcept {
    WakeList wake;
    std::array<std::shared_ptr<Line>, max_lines> lines;
    events_.kill(wake);
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
    bus_.close();
    wake.notify_all();
    observer_.arming_changed(shared_from_this());
}

mpsse::Banks Chip::overdue() noexcept {
    const std::lock_guard lock(mutex_);
    const PinMask armed = detector_.armed();
    const bool due = armed != 0 && clock_.now() - last_sample_ > sample_interval();
    return due ? mpsse::banks_of(armed) : mpsse::Banks::none;
}

void Chip::sampled(const Sample& sample) noexcept {
    WakeList wake;
    {
        const std::lock_guard lock(mutex_);
        if (const PinMask armed = detector_.armed(); armed != 0 && (armed & ~sample.valid) == 0) {
            last_sample_ = clock_.now();
        }
        const PinMask fired = detector_.feed(sample);
        for (unsigned offset = 0; fired >> offset != 0; ++offset) {
            if ((fired >> offset & 1U) != 0 && lines_[offset]) {
                lines_[offset]->value_events_.raise(wake);
            }
        }
    }
    wake.notify_all();
}

void Chip::committed(const PortState& shadow) noexcept {
    const std::lock_guard lock(mutex_);
    state_ = shadow;
}

void Chip::lost() noexcept {
    // A chip that was taken out already must not take out the board that is now in its place.
    if (!dead()) {
        observer_.board_lost(info_.board_path);
    }
}

}  // namespace gpiofs::gpio
