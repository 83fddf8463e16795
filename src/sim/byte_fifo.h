// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace gpiofs::sim {

/// A ring of bytes of fixed size. Thread-bound.
class ByteFifo {
  public:
    explicit ByteFifo(std::size_t capacity) : ring_(capacity) {}

    std::size_t size() const noexcept { return size_; }
    std::size_t room() const noexcept { return ring_.size() - size_; }
    bool empty() const noexcept { return size_ == 0; }

    /// The caller has looked at room().
    void push(std::uint8_t byte) noexcept {
        ring_[wrap(first_ + size_)] = byte;
        ++size_;
    }
    /// The caller has looked at empty().
    std::uint8_t pop() noexcept {
        const std::uint8_t byte = ring_[first_];
        first_ = wrap(first_ + 1);
        --size_;
        return byte;
    }
    void push(std::span<const std::uint8_t> bytes) noexcept {
        for (const std::uint8_t byte : bytes) {
            push(byte);
        }
    }
    /// Fills `bytes` as far as there are any; returns how many.
    std::size_t pop(std::span<std::uint8_t> bytes) noexcept {
        const std::size_t count = std::min(bytes.size(), size_);
        for (std::uint8_t& byte : bytes.first(count)) {
            byte = pop();
        }
        return count;
    }
    void clear() noexcept { first_ = size_ = 0; }

  private:
    std::size_t wrap(std::size_t index) const noexcept {
        return index < ring_.size() ? index : index - ring_.size();
    }

    std::vector<std::uint8_t> ring_;
    std::size_t first_ = 0;
    std::size_t size_ = 0;
};

}  // namespace gpiofs::sim
