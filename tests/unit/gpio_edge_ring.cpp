// SPDX-License-Identifier: MIT
#include "gpio/edge_ring.h"

#include <doctest/doctest.h>

#include <array>
#include <memory>
#include <vector>

using namespace gpiofs;
using gpio::EdgeEvent;
using gpio::EdgeRing;

namespace {

EdgeEvent edge(std::size_t number) { return {TimePoint(Duration(number)), number % 2 == 1}; }

std::unique_ptr<EdgeRing> with_edges(std::size_t count) {
    auto ring = std::make_unique<EdgeRing>();
    for (std::size_t n = 0; n < count; ++n) {
        ring->push(edge(n));
    }
    return ring;
}

}  // namespace

TEST_CASE("edge ring: an empty one gives nothing") {
    const auto ring = with_edges(0);
    std::array<EdgeEvent, 1> taken;
    CHECK(ring->end() == 0);
    CHECK(ring->oldest() == 0);
    CHECK(ring->copy(0, 100, taken).count == 0);
}

TEST_CASE("edge ring: edges come out as they went in, for each reader") {
    const auto ring = with_edges(5);
    for (int reader = 0; reader < 2; ++reader) {
        std::array<EdgeEvent, 8> taken;
        const auto copied = ring->copy(1, 4, taken);
        CHECK(copied.first == 1);
        REQUIRE(copied.count == 3);
        for (std::size_t n = 0; n < copied.count; ++n) {
            CHECK(taken.at(n).time == edge(n + 1).time);
            CHECK(taken.at(n).rising == edge(n + 1).rising);
        }
    }
}

TEST_CASE("edge ring: no more than fit, and none from the limit on") {
    const auto ring = with_edges(5);
    std::array<EdgeEvent, 2> two;
    CHECK(ring->copy(0, 5, two).count == 2);
    CHECK(ring->copy(4, 5, two).count == 1);
    CHECK(ring->copy(5, 5, two).count == 0);
    CHECK(ring->copy(3, 3, two).count == 0);
    CHECK(ring->copy(4, 100, two).count == 1);
}

TEST_CASE("edge ring: the newest overwrite the oldest, and a slow reader learns how many") {
    constexpr std::size_t more = 5;
    const auto ring = with_edges(EdgeRing::capacity + more);
    CHECK(ring->end() == EdgeRing::capacity + more);
    CHECK(ring->oldest() == more);
    std::vector<EdgeEvent> taken(EdgeRing::capacity + more);
    const auto copied = ring->copy(2, ring->end(), taken);
    CHECK(copied.first == more);
    REQUIRE(copied.count == EdgeRing::capacity);
    for (std::size_t n = 0; n < copied.count; ++n) {
        REQUIRE(taken[n].time == edge(more + n).time);
    }
    // All that the reader wanted is gone.
    const auto none = ring->copy(0, 3, taken);
    CHECK(none.count == 0);
}

TEST_CASE("edge ring: a time of many years stays exact") {
    EdgeRing ring;
    const EdgeEvent late{TimePoint(std::chrono::hours(24) * 365 * 100), true};
    ring.push(late);
    std::array<EdgeEvent, 1> taken;
    REQUIRE(ring.copy(0, 1, taken).count == 1);
    CHECK(taken.front().time == late.time);
    CHECK(taken.front().rising);
}
