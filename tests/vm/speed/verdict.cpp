#include "vm/speed/verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <utility>

namespace gpiofs::test {
namespace {

constexpr double grossly = 2;
constexpr double slow = 0.1;
constexpr double fast = 0.9;

const char* word(bool met) { return met ? "met" : "missed"; }

/// The value below which `part` of them lie.
double quantile(std::vector<double> values, double part) {
    const auto last = static_cast<double>(values.size() - 1);
    const auto at = values.begin() + static_cast<std::ptrdiff_t>(part * last);
    std::nth_element(values.begin(), at, values.end());
    return *at;
}

std::string spread(const std::vector<double>& values, int digits) {
    return fmt::format("{:.{}f} to {:.{}f}", quantile(values, slow), digits, quantile(values, fast),
                       digits);
}

}  // namespace

double median(std::vector<double> values) { return quantile(std::move(values), 0.5); }

bool judge_rates(std::string_view name, const std::vector<double>& ours,
                 const std::vector<double>& libftdi, double target) {
    const double ratio = median(ours) / median(libftdi);
    fmt::print(
        "speed: {} {:.0f}/s ({}), libftdi1 {:.0f}/s ({}), ratio {:.2f} (target {:.2f}: {})\n", name,
        median(ours), spread(ours, 0), median(libftdi), spread(libftdi, 0), ratio, target,
        word(ratio >= target));
    return quantile(ours, fast) / quantile(libftdi, fast) >= target / grossly;
}

bool judge_times(std::string_view name, const std::vector<double>& ms, double limit) {
    const double middle = median(ms);
    fmt::print("speed: {} {:.2f} ms ({}), limit {:.2f} ms, ratio {:.2f} (target: {})\n", name,
               middle, spread(ms, 2), limit, middle / limit, word(middle <= limit));
    return middle <= limit * grossly;
}

}  // namespace gpiofs::test
