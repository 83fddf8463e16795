// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

/// The entry point every target defines.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace gpiofs::test {

inline std::string_view as_text(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

/// Takes bytes off the front of an input; zeros once it is used up.
class Input {
  public:
    Input(const std::uint8_t* data, std::size_t size) : rest_(data, size) {}
    bool empty() const noexcept { return rest_.empty(); }
    std::uint8_t byte() noexcept {
        const auto taken = bytes(1);
        return taken.empty() ? std::uint8_t{0} : taken[0];
    }
    std::span<const std::uint8_t> bytes(std::size_t count) noexcept {
        const auto taken = rest_.first(count < rest_.size() ? count : rest_.size());
        rest_ = rest_.subspan(taken.size());
        return taken;
    }

  private:
    std::span<const std::uint8_t> rest_;
};

/// Ends the run if a property does not hold.
inline void require(bool holds) {
    if (!holds) {
        __builtin_trap();
    }
}

}  // namespace gpiofs::test
