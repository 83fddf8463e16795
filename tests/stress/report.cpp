// SPDX-License-Identifier: MIT
#include "stress/report.h"

#include "stress/settings.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <numeric>

namespace gpiofs::test {
namespace {

/// The cycle from which on memory must not grow: by then every thread has been started, and the
/// allocator has what the busiest moment needs.
constexpr std::size_t settled_after = 100;

/// Fewer cycles than these after it say nothing: memory comes and goes by pages and threads.
constexpr std::size_t enough_cycles = 400;

/// In a short run the allocator's own filling up counts for much: a run of 600 cycles had 1.65 KiB
/// a cycle, one of 1,500 had 0.48. A long run is held to less than 1 KiB a cycle without it.
constexpr std::size_t long_run = 1400;
constexpr double allocator_kib = 1024;

/// KiB a cycle: between the mean of the first tenth after `settled_after` and that of the last
/// tenth, since single readings go up and down with the threads that libfuse keeps.
double growth(const std::vector<long>& resident_kib) {
    const auto count = static_cast<std::ptrdiff_t>(resident_kib.size() - settled_after);
    const auto part = std::max<std::ptrdiff_t>(1, count / 10);
    const auto mean = [part](auto first) {
        return static_cast<double>(std::accumulate(first, first + part, 0L)) /
               static_cast<double>(part);
    };
    return (mean(resident_kib.end() - part) - mean(resident_kib.begin() + settled_after)) /
           static_cast<double>(std::max<std::ptrdiff_t>(1, count - part));
}

}  // namespace

void check_growth(const std::vector<long>& resident_kib, const std::string& cycle) {
    if (resident_kib.size() <= settled_after + 1) {
        return;
    }
    const double kib = growth(resident_kib);
    std::cout << fmt::format(
        "resident memory {} KiB after {} {}, {} KiB at the end: {:.3f} KiB a {}\n",
        resident_kib[settled_after], cycle, settled_after, resident_kib.back(), kib, cycle);
    if (!sanitizers.empty()) {
        std::cout << "which says nothing here: a sanitizer keeps freed memory and a history of "
                     "accesses; the build without one is held to less than 1\n";
    } else if (resident_kib.size() < settled_after + enough_cycles) {
        std::cout << fmt::format("not held to less than 1 KiB: that needs {} {}s\n",
                                 settled_after + enough_cycles, cycle);
    } else {
        const std::size_t held = resident_kib.size() - settled_after;
        CHECK(kib < 1.0 + (held < long_run ? allocator_kib / static_cast<double>(held) : 0));
    }
}

std::string end_of_log(const Mount& mount) {
    constexpr std::size_t most_shown = 4000;
    const std::string log = mount.log();
    return "the end of the program's log:\n" +
           log.substr(log.size() - std::min(log.size(), most_shown));
}

}  // namespace gpiofs::test
