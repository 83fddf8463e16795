// SPDX-License-Identifier: MIT
#pragma once

#include <sys/time.h>

#include <chrono>

namespace gpiofs::test {

/// A timeval's fields have the width of the machine's long.
inline timeval to_timeval(std::chrono::microseconds duration) {
    timeval time{};
    time.tv_sec = static_cast<decltype(time.tv_sec)>(duration.count() / 1'000'000);
    time.tv_usec = static_cast<decltype(time.tv_usec)>(duration.count() % 1'000'000);
    return time;
}

}  // namespace gpiofs::test
