// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <thread>

namespace gpiofs::test {

/// Long enough for a sanitized build on a busy machine; a test that needs all of it has failed.
constexpr auto patience = std::chrono::seconds(20);

/// Asks until `condition` holds or `limit` has passed; returns whether it held.
template <typename Condition>
bool wait_until(Condition condition, std::chrono::milliseconds limit = patience) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!condition()) {
        if (std::chrono::steady_clock::now() >= end) {
            return false;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
}

}  // namespace gpiofs::test
