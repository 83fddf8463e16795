// SPDX-License-Identifier: MIT
#include "measure.h"

#include <system_error>

#include <cerrno>
#include <cstring>
#include <sched.h>

namespace gpiofs::bench {

double seconds(Duration time) { return std::chrono::duration<double>(time).count(); }
double microseconds(Duration time) {
    return std::chrono::duration<double, std::micro>(time).count();
}

void run_for(Duration time, const std::function<void()>& operation, Side& side) {
    const SystemClock clock;
    const TimePoint begun = clock.now();
    TimePoint before = begun;
    std::size_t count = 0;
    do {
        operation();
        const TimePoint after = clock.now();
        side.latency_us.add(microseconds(after - before));
        before = after;
        ++count;
    } while (before < begun + time);
    side.operations += count;
    side.per_second.add(static_cast<double>(count) / seconds(before - begun));
}

void alternate(const Scale& scale, const std::function<void()>& one, Side& one_side,
               const std::function<void()>& other, Side& other_side) {
    Side warm_up;
    run_for(scale.run() / 2, one, warm_up);
    run_for(scale.run() / 2, other, warm_up);
    for (int turn = 0; turn < scale.turns(); ++turn) {
        run_for(scale.run(), one, one_side);
        run_for(scale.run(), other, other_side);
    }
}

OneProcessor::OneProcessor() : before_(sizeof(cpu_set_t)) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof(set), &set) != 0) {
        throw std::system_error(errno, std::generic_category(), "sched_getaffinity");
    }
    std::memcpy(before_.data(), &set, sizeof(set));
    CPU_ZERO(&set);
    CPU_SET(0, &set);
    if (sched_setaffinity(0, sizeof(set), &set) != 0) {
        throw std::system_error(errno, std::generic_category(), "sched_setaffinity");
    }
}

OneProcessor::~OneProcessor() {
    cpu_set_t set;
    std::memcpy(&set, before_.data(), sizeof(set));
    sched_setaffinity(0, sizeof(set), &set);
}

}  // namespace gpiofs::bench
