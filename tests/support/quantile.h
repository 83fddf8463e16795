// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

namespace gpiofs::test {

/// The value below which `part` (0 to 1) of them lie: of those there are, the nearest. There is at
/// least one.
inline double quantile(std::vector<double> values, double part) {
    const auto last = static_cast<double>(values.size() - 1);
    const auto at = values.begin() + std::lround(part * last);
    std::nth_element(values.begin(), at, values.end());
    return *at;
}

}  // namespace gpiofs::test
