// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <utility>

namespace gpiofs::gpio {

/// A queue of at most `Capacity` elements that never asks for memory. The caller keeps to the
/// capacity. Thread-bound.
template <typename T, std::size_t Capacity>
class Ring {
  public:
    bool empty() const noexcept { return size_ == 0; }
    bool full() const noexcept { return size_ == Capacity; }
    std::size_t size() const noexcept { return size_; }

    T& front() noexcept { return elements_[first_]; }
    const T& front() const noexcept { return elements_[first_]; }
    T& back() noexcept { return (*this)[size_ - 1]; }
    /// Counted from the front.
    T& operator[](std::size_t n) noexcept { return elements_[(first_ + n) % Capacity]; }
    const T& operator[](std::size_t n) const noexcept { return elements_[(first_ + n) % Capacity]; }

    T& push_back(T element) noexcept {
        ++size_;
        return back() = std::move(element);
    }
    T pop_front() noexcept {
        T element = std::move(front());
        first_ = (first_ + 1) % Capacity;
        --size_;
        return element;
    }
    void pop_back() noexcept { --size_; }

  private:
    std::array<T, Capacity> elements_{};
    std::size_t first_ = 0;
    std::size_t size_ = 0;
};

}  // namespace gpiofs::gpio
