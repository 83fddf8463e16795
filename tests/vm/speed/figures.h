// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <vector>

/// How measured figures are printed. Whether a target is met is only reported: the time of an
/// emulated machine, which others use as well, is no measure to fail a test by.
namespace gpiofs::test {

/// Of at least one value.
double median(std::vector<double> values);

/// Prints "NAME A/s, libftdi1 B/s, ratio R (target T: met)" from what each access took, in
/// milliseconds: medians, and the rates of the slowest and the fastest tenth.
void print_rates(std::string_view name, const std::vector<double>& ours,
                 const std::vector<double>& libftdi, double target);

/// Prints the median and the spread of `ms` and whether it keeps to `limit`, all in milliseconds.
void print_times(std::string_view name, const std::vector<double>& ms, double limit);

}  // namespace gpiofs::test
