// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"

#include <cstdint>

namespace gpiofs::gpio {

/// What the sampler of a chip has achieved since a line was armed or the interval changed.
struct SamplingReport {
    std::uint64_t samples = 0;
    /// From the first sample to the last.
    Duration time{};
    /// The largest time between two samples.
    Duration largest_gap{};
    /// How often a sample was due and came an interval late, or a stream ran dry.
    std::uint64_t overruns = 0;

    /// Samples a second; 0 before the second one.
    double rate() const noexcept;
};

/// Keeps that report. Thread-bound.
class SamplingStats {
  public:
    /// What was sampled before `from` does not count, also if it is told later.
    void restart(TimePoint from) noexcept;
    /// One sample of an interval's worth.
    void sampled(TimePoint at, Duration interval) noexcept;
    /// A batch of a stream, from `begun` to `at`.
    void streamed(TimePoint begun, TimePoint at, std::uint64_t samples, Duration largest_gap,
                  bool overrun) noexcept;

    const SamplingReport& report() const noexcept { return report_; }

  private:
    void reach(TimePoint at, std::uint64_t samples) noexcept;

    SamplingReport report_;
    TimePoint from_;
    TimePoint first_;
    TimePoint last_;
};

}  // namespace gpiofs::gpio
