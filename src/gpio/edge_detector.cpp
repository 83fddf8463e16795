// SPDX-License-Identifier: MIT
#include "gpio/edge_detector.h"

namespace gpiofs::gpio {
namespace {

using mpsse::PinMask;

void assign(PinMask& mask, PinMask bit, bool value) noexcept {
    mask = static_cast<PinMask>(value ? mask | bit : mask & ~bit);
}

}  // namespace

void EdgeDetector::set(unsigned offset, bool rising, bool falling, bool level) noexcept {
    choose(offset, rising, falling);
    assign(previous_, static_cast<PinMask>(1U << offset), level);
    assign(known_, static_cast<PinMask>(1U << offset), true);
}

void EdgeDetector::choose(unsigned offset, bool rising, bool falling) noexcept {
    const auto bit = static_cast<PinMask>(1U << offset);
    assign(rising_, bit, rising);
    assign(falling_, bit, falling);
}

void EdgeDetector::clear(unsigned offset) noexcept { set(offset, false, false, false); }

PinMask EdgeDetector::feed(const Sample& sample) noexcept {
    const auto changed = static_cast<PinMask>((sample.levels ^ previous_) & sample.valid & known_);
    const auto rose = static_cast<PinMask>(changed & sample.levels & rising_);
    const auto fell = static_cast<PinMask>(changed & ~sample.levels & falling_);
    previous_ = static_cast<PinMask>((previous_ & ~sample.valid) | (sample.levels & sample.valid));
    known_ |= sample.valid;
    return static_cast<PinMask>(rose | fell);
}

}  // namespace gpiofs::gpio
