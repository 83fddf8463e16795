#include "gpio/line.h"

#include <cerrno>

#include "base/error.h"
#include "gpio/chip.h"

namespace gpiofs::gpio {

using mpsse::PinMask;

Line::Line(std::shared_ptr<Chip> chip, unsigned offset, std::uint64_t id)
    : chip_(std::move(chip)), offset_(offset), id_(id) {}

unsigned Line::number() const noexcept { return chip_->info().base + offset_; }

bool Line::can_input() const noexcept { return (chip_->info().limits.can_input & mask()) != 0; }

bool Line::can_output() const noexcept { return (chip_->info().limits.can_output & mask()) != 0; }

Direction Line::direction() const {
    return (chip_->state().outputs & mask()) != 0 ? Direction::out : Direction::in;
}

bool Line::active_low() const {
    const std::lock_guard lock(chip_->mutex_);
    return active_low_;
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

bool Line::value(const Sample& sample) const {
    return ((sample.levels & mask()) != 0) != active_low();
}

bool Line::edge_needs_sample(Edge edge) const {
    const std::lock_guard lock(chip_->mutex_);
    const bool output = (chip_->state_.outputs & mask()) != 0;
    return edge != Edge::none && edge != edge_ && !output;
}

void Line::set_edge(Edge edge, const Sample& sample) {
    bool refused = false;
    {
        const std::lock_guard lock(chip_->mutex_);
        if (chip_->lines_[offset_].get() != this) {
            throw_errno(ENODEV, "the line is gone");
        }
        if (edge == edge_) {
            return;
        }
        const bool output = (chip_->state_.outputs & mask()) != 0;
        refused = output && edge != Edge::none;
        edge_ = refused ? Edge::none : edge;
        chip_->arm_locked(*this, (sample.levels & mask()) != 0);
    }
    chip_->observer_.arming_changed(chip_);
    if (refused) {
        throw_errno(EIO, "an output has no edges");
    }
}

bool Line::active_low_needs_sample(bool active_low) const {
    const std::lock_guard lock(chip_->mutex_);
    const bool one_sided = edge_ == Edge::rising || edge_ == Edge::falling;
    return one_sided && active_low != active_low_;
}

void Line::set_active_low(bool active_low, const Sample& sample) {
    const std::lock_guard lock(chip_->mutex_);
    if (chip_->lines_[offset_].get() != this) {
        throw_errno(ENODEV, "the line is gone");
    }
    if (active_low_ == active_low) {
        return;
    }
    active_low_ = active_low;
    if (edge_ == Edge::rising || edge_ == Edge::falling) {
        chip_->arm_locked(*this, (sample.levels & mask()) != 0);
    }
}

}  // namespace gpiofs::gpio
