// SPDX-License-Identifier: MIT
#include "gpio/edge_detector.h"

#include <doctest/doctest.h>

using namespace gpiofs;

TEST_CASE("edge detector: reports armed edges and nothing else") {
    gpio::EdgeDetector detector;
    detector.set(0, true, false, false);
    detector.set(1, false, true, false);
    detector.set(2, true, true, false);
    CHECK(detector.armed() == 0x07);
    CHECK(detector.feed({0x0f, 0xff}) == 0x05);
    CHECK(detector.feed({0x0f, 0xff}) == 0);
    CHECK(detector.feed({0x00, 0xff}) == 0x06);
}

TEST_CASE("edge detector: the level given when arming is what the next sample is compared with") {
    gpio::EdgeDetector detector;
    detector.set(3, true, true, true);
    CHECK(detector.feed({0x08, 0xff}) == 0);
    detector.set(3, true, true, false);
    CHECK(detector.feed({0x08, 0xff}) == 0x08);
}

TEST_CASE("edge detector: lines that a sample did not read keep their last level") {
    gpio::EdgeDetector detector;
    detector.set(0, true, true, false);
    detector.set(8, true, true, false);
    CHECK(detector.feed({0x0101, 0x00ff}) == 0x0001);
    CHECK(detector.feed({0x0000, 0xff00}) == 0);
    CHECK(detector.feed({0x0100, 0xff00}) == 0x0100);
    CHECK(detector.feed({0x0100, 0xffff}) == 0x0001);
}

TEST_CASE("edge detector: a cleared line is silent, the others are not") {
    gpio::EdgeDetector detector;
    detector.set(0, true, true, false);
    detector.set(15, true, true, false);
    detector.clear(0);
    CHECK(detector.armed() == 0x8000);
    CHECK(detector.feed({0x8001, 0xffff}) == 0x8000);
}
