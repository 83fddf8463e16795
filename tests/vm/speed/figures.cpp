// SPDX-License-Identifier: MIT
#include "vm/speed/figures.h"

#include "support/quantile.h"

#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <utility>

namespace gpiofs::test {
namespace {

constexpr double fast = 0.1;
constexpr double slow = 0.9;

const char* word(bool met) { return met ? "met" : "missed"; }

/// How many in a second, of those that take so many milliseconds.
std::string rates(const std::vector<double>& ms) {
    return fmt::format("{:.0f}/s ({:.0f} to {:.0f})", 1000 / median(ms), 1000 / quantile(ms, slow),
                       1000 / quantile(ms, fast));
}

}  // namespace

double median(std::vector<double> values) { return quantile(std::move(values), 0.5); }

void print_rates(std::string_view name, const std::vector<double>& ours,
                 const std::vector<double>& libftdi, double target) {
    const double ratio = median(libftdi) / median(ours);
    fmt::print("speed: {} {}, libftdi1 {}, ratio {:.2f} (target {:.2f}: {})\n", name, rates(ours),
               rates(libftdi), ratio, target, word(ratio >= target));
}

void print_times(std::string_view name, const std::vector<double>& ms, double limit) {
    const double middle = median(ms);
    fmt::print(
        "speed: {} {:.2f} ms ({:.2f} to {:.2f}), limit {:.2f} ms, ratio {:.2f} (target: {})\n",
        name, middle, quantile(ms, fast), quantile(ms, slow), limit, middle / limit,
        word(middle <= limit));
}

}  // namespace gpiofs::test
