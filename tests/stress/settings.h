// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>

/// What a run is told from outside, and chance that can be had again.
namespace gpiofs::test {

constexpr std::string_view sanitizers = GPIOFS_SANITIZE;

/// The number in an environment variable, or `otherwise` if it is not set.
inline long setting(const char* name, long otherwise) {
    const char* text = std::getenv(name);
    return text == nullptr ? otherwise : std::stol(text);
}

/// GPIOFS_STRESS_SEED, or a new one; the same for the whole run.
inline std::uint32_t stress_seed() {
    static const auto seed = static_cast<std::uint32_t>(
        setting("GPIOFS_STRESS_SEED", static_cast<long>(std::random_device{}())));
    return seed;
}

/// Random numbers for one actor of one cycle, the same whenever the seed is the same. What the
/// threads make of each other's timing is not.
class Chance {
  public:
    // NOLINTNEXTLINE(cert-msc51-cpp): seeded in the body
    Chance(int cycle, int actor) {
        std::seed_seq seeds{stress_seed(), static_cast<std::uint32_t>(cycle),
                            static_cast<std::uint32_t>(actor)};
        engine_.seed(seeds);
    }
    /// 0 to `below` - 1.
    unsigned pick(unsigned below) {
        return std::uniform_int_distribution<unsigned>(0, below - 1)(engine_);
    }
    /// From nothing to less than `limit`, to the microsecond.
    std::chrono::microseconds pick_below(std::chrono::steady_clock::duration limit) {
        const auto us = std::chrono::duration_cast<std::chrono::microseconds>(limit).count();
        return std::chrono::microseconds(pick(static_cast<unsigned>(us)));
    }
    template <typename Container>
    const auto& pick_of(const Container& container) {
        return container[pick(static_cast<unsigned>(container.size()))];
    }
    bool coin() { return pick(2) == 0; }

  private:
    std::mt19937 engine_;
};

}  // namespace gpiofs::test
