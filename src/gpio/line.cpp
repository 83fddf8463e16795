// SPDX-License-Identifier: MIT
#include "gpio/line.h"

#include "base/error.h"
#include "gpio/chip.h"

#include <cerrno>
#include <utility>

namespace gpiofs::gpio {

using mpsse::PinMask;

Line::Line(std::shared_ptr<Chip> chip, unsigned offset, ObjectId id)
    : chip_(std::move(chip)), offset_(offset), id_(std::move(id)) {}

unsigned Line::number() const noexcept { return chip_->info().base + offset_; }

bool Line::can_input() const noexcept { return (chip_->info().limits.can_input & mask()) != 0; }

bool Line::can_output() const noexcept { return (chip_->info().limits.can_output & mask()) != 0; }

Direction Line::direction() const {
    return (chip_->state().outputs & mask()) != 0 ? Direction::out : Direction::in;
}

Edge Line::edge() const {
    const std::lock_guard lock(chip_->mutex_);
    return edge_;
}

PinChange Line::output_change(bool level) const noexcept {
    return {mask(), level ? mask() : PinMask{0}, mask(), mask()};
}

PinChange Line::input_change() const noexcept { return {0, 0, mask(), 0}; }

PinChange Line::value_change(bool value) const {
    return {mask(), value != active_low() ? mask() : PinMask{0}, 0, 0};
}

bool Line::value(const Sample& sample) const { return level_in(sample) != active_low(); }

bool Line::level_in(const Sample& sample) const noexcept { return (sample.levels & mask()) != 0; }

void Line::check_alive_locked() const {
    if (chip_->lines_[offset_].get() != this) {
        throw_errno(ENODEV, "the line is gone");
    }
}

const EdgeRing* Line::edges() const {
    const std::lock_guard lock(chip_->mutex_);
    return edges_.get();
}

void Line::make_edge_ring() {
    if (edges() == nullptr) {
        auto made = std::make_unique<EdgeRing>();
        const std::lock_guard lock(chip_->mutex_);
        if (!edges_) {
            edges_ = std::move(made);
        }
    }
}

void Line::edge_came_locked(const Sample& sample, WakeList& wake) noexcept {
    if (edges_) {
        edges_->push({sample.time, value(sample)});
    }
    value_events_.raise(wake);
}

bool Line::set_edge(Edge edge, const Sample* sample) {
    bool refused = false;
    {
        const std::lock_guard lock(chip_->mutex_);
        check_alive_locked();
        if (edge == edge_) {
            return true;
        }
        const bool arms = edge != Edge::none;
        refused = arms && (chip_->state_.outputs & mask()) != 0;
        if (arms && !refused && sample == nullptr) {
            return false;
        }
        edge_ = refused ? Edge::none : edge;
        chip_->arm_locked(*this, sample != nullptr && level_in(*sample));
    }
    chip_->observer_.work_changed(chip_);
    if (refused) {
        throw_errno(EIO, "an output has no edges: write in to direction first");
    }
    return true;
}

bool Line::set_active_low(bool active_low, const Sample* sample) {
    const std::lock_guard lock(chip_->mutex_);
    check_alive_locked();
    const bool one_edge = edge_ == Edge::rising || edge_ == Edge::falling;
    const bool turns = active_low != active_low_ && one_edge;
    if (turns && sample == nullptr) {
        return false;
    }
    active_low_ = active_low;
    if (turns) {
        chip_->arm_locked(*this, level_in(*sample));
    }
    return true;
}

}  // namespace gpiofs::gpio
