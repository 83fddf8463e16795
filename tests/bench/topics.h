// SPDX-License-Identifier: MIT
#pragma once

#include "measure.h"
#include "report.h"

namespace gpiofs::bench {

/// What is measured; each adds its tables. They throw if something does not work, which is then no
/// measurement.

/// System calls on the files of a line, and `cat` and `echo`, beside an empty filesystem.
void measure_access(const Scale& scale, Report& report);
/// Readers and boards, one and many, beside the modelled bus.
void measure_sharing(const Scale& scale, Report& report);
/// From an edge to poll()'s return, by interval and by number of pollers, beside a bare
/// notification.
void measure_wake(const Scale& scale, Report& report);
/// The shortest pulse that is never missed, by interval.
void measure_pulses(const Scale& scale, Report& report);
/// Processor time of the poll worker, by interval, beside a bare loop.
void measure_worker(const Scale& scale, Report& report);

}  // namespace gpiofs::bench
