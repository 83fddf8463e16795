// SPDX-License-Identifier: MIT
#include "gpio/bus_job.h"

namespace gpiofs::gpio {

using mpsse::PinMask;
using mpsse::PortState;

PortState PinChange::applied_to(const PortState& state) const noexcept {
    const auto mix = [](PinMask old, PinMask wanted, PinMask mask) {
        return static_cast<PinMask>((old & ~mask) | (wanted & mask));
    };
    return {mix(state.levels, levels, levels_of), mix(state.outputs, outputs, outputs_of)};
}

void JobList::push_back(std::shared_ptr<BusJob> job) noexcept {
    BusJob* const added = job.get();
    (last_ == nullptr ? first_ : last_->next_) = std::move(job);
    last_ = added;
}

std::shared_ptr<BusJob> JobList::pop_front() noexcept {
    std::shared_ptr<BusJob> job = std::move(first_);
    if (job) {
        first_ = std::move(job->next_);
        last_ = first_ ? last_ : nullptr;
    }
    return job;
}

}  // namespace gpiofs::gpio
