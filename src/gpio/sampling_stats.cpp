// SPDX-License-Identifier: MIT
#include "gpio/sampling_stats.h"

#include <algorithm>
#include <chrono>

namespace gpiofs::gpio {

double SamplingReport::rate() const noexcept {
    if (samples < 2 || time <= Duration::zero()) {
        return 0;
    }
    return static_cast<double>(samples - 1) / std::chrono::duration<double>(time).count();
}

void SamplingStats::restart(TimePoint from) noexcept {
    *this = {};
    from_ = from;
}

void SamplingStats::sampled(TimePoint at, Duration interval) noexcept {
    if (at < from_) {
        return;
    }
    if (report_.samples > 0) {
        const Duration gap = at - last_;
        report_.largest_gap = std::max(report_.largest_gap, gap);
        report_.overruns += gap > 2 * interval ? 1 : 0;
    }
    reach(at, 1);
}

void SamplingStats::streamed(TimePoint begun, TimePoint at, std::uint64_t samples,
                             Duration largest_gap, bool overrun) noexcept {
    if (begun < from_) {
        return;
    }
    report_.largest_gap = std::max(report_.largest_gap, largest_gap);
    report_.overruns += overrun ? 1 : 0;
    reach(at, samples);
}

void SamplingStats::reach(TimePoint at, std::uint64_t samples) noexcept {
    if (report_.samples == 0) {
        first_ = at;
    }
    last_ = at;
    report_.samples += samples;
    report_.time = last_ - first_;
}

}  // namespace gpiofs::gpio
