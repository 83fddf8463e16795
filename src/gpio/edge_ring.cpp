// SPDX-License-Identifier: MIT
#include "gpio/edge_ring.h"

#include <algorithm>

namespace gpiofs::gpio {
namespace {

std::uint64_t pack(const EdgeEvent& edge) noexcept {
    const auto time = static_cast<std::uint64_t>(edge.time.time_since_epoch().count());
    return time << 1U | (edge.rising ? 1U : 0U);
}

EdgeEvent unpack(std::uint64_t packed) noexcept {
    const Duration time(static_cast<Duration::rep>(packed >> 1U));
    return {TimePoint(time), (packed & 1U) != 0};
}

}  // namespace

void EdgeRing::push(const EdgeEvent& edge) noexcept {
    const std::lock_guard lock(mutex_);
    edges_[end_++ % capacity] = pack(edge);
}

std::uint64_t EdgeRing::end() const noexcept {
    const std::lock_guard lock(mutex_);
    return end_;
}

std::uint64_t EdgeRing::oldest() const noexcept {
    const std::lock_guard lock(mutex_);
    return oldest_locked();
}

EdgeRing::Copied EdgeRing::copy(std::uint64_t from, std::uint64_t to,
                                std::span<EdgeEvent> edges) const noexcept {
    const std::lock_guard lock(mutex_);
    const std::uint64_t first = std::max(from, oldest_locked());
    const std::uint64_t end = std::min(to, end_);
    const std::uint64_t wanted = first < end ? end - first : 0;
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(wanted, edges.size()));
    for (std::size_t n = 0; n < count; ++n) {
        edges[n] = unpack(edges_[(first + n) % capacity]);
    }
    return {first, count};
}

}  // namespace gpiofs::gpio
