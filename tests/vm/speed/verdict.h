#pragma once

#include <string_view>
#include <vector>

/// How measured figures are printed and judged. Whether a target is met is only reported, since an
/// emulated machine's time is no measure; below half of one something is lost, and that fails.
namespace gpiofs::test {

/// Of at least one value.
double median(std::vector<double> values);

/// Prints "NAME A/s, libftdi1 B/s, ratio R (target T: met)" from what each access took, in
/// milliseconds: medians, and the rates of the slowest and the fastest tenth. Returns whether the
/// ratio in the fastest tenth, which other work on the machine disturbs least, is above half of the
/// target.
bool judge_rates(std::string_view name, const std::vector<double>& ours,
                 const std::vector<double>& libftdi, double target);

/// Prints the median and the spread of `ms` and whether it keeps to `limit`, all in milliseconds.
/// Returns whether it is below twice the limit.
bool judge_times(std::string_view name, const std::vector<double>& ms, double limit);

}  // namespace gpiofs::test
