// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <initializer_list>
#include <random>
#include <string_view>

namespace gpiofs::test {

/// Random numbers of one client: the same for the same seed, setting and client.
class Chance {
  public:
    // NOLINTNEXTLINE(cert-msc51-cpp): seeded in the body
    Chance(std::uint32_t seed, unsigned setting, unsigned client) {
        std::seed_seq seeds{seed, std::uint32_t{setting}, std::uint32_t{client}};
        engine_.seed(seeds);
    }
    /// 0 to `below` - 1.
    unsigned pick(unsigned below) { return static_cast<unsigned>(engine_() % below); }
    /// True once in `times`.
    bool one_in(unsigned times) { return pick(times) == 0; }
    bool coin() { return one_in(2); }
    template <typename Container>
    const auto& pick_of(const Container& container) {
        return container[pick(static_cast<unsigned>(container.size()))];
    }
    std::string_view word(std::initializer_list<std::string_view> words) {
        return words.begin()[pick(static_cast<unsigned>(words.size()))];
    }

  private:
    std::mt19937 engine_;  // whose numbers, unlike those of distributions, are the same everywhere
};

}  // namespace gpiofs::test
