// SPDX-License-Identifier: MIT
// A board that fails again and again does not fill the log.
#include "faults/scene.h"
#include "model/stream_rig.h"

#include <doctest/doctest.h>

#include <cerrno>

using namespace gpiofs;
using namespace gpiofs::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

/// So many accesses fail, and the next is fine.
void fail(Scene& scene, const char* fault, int times = 1) {
    scene.rig.bench.write(0, "fault", fault);
    const auto read = [&] {
        return read_pins(scene.chip->bus(), mpsse::Banks::low, scene.rig.deadline()).error;
    };
    for (int i = 0; i < times; ++i) {
        CHECK(read());
    }
    CHECK_FALSE(read());
}

const std::string resync = "a transfer failed; purging old replies and synchronising";
const std::string restart = "not in MPSSE mode any more; outputs were interrupted";
const std::string power_loss =
    "the chip has lost its power; lines were unexported, and outputs were interrupted";
const std::string over = "in step again";

}  // namespace

TEST_CASE("what fails again and again is told once a minute, and how often it was") {
    ScriptedClock clock;
    ChipLog owner;
    Scene scene(clock, owner, std::chrono::hours(24));
    const TimePoint begin = clock.now();
    unsigned long failures = 0;
    for (; clock.now() < begin + seconds(59); ++failures) {
        fail(scene, "stall 1");
        clock.spin_until(clock.now() + milliseconds(100));
    }
    CHECK(failures > 500);
    CHECK(scene.log.about("sim0") == std::vector<std::string>{resync, over});
    clock.spin_until(begin + seconds(61));
    fail(scene, "stall 1");
    const auto told = scene.log.about("sim0");
    REQUIRE(told.size() == 4);
    CHECK(told[2] ==
          resync + " (and " + std::to_string(failures - 1) + " times since this was last told)");
    CHECK(told[3] == over);
}

TEST_CASE("that outputs were interrupted is told however often something else failed") {
    ScriptedClock clock;
    ChipLog owner;
    Scene scene(clock, owner, std::chrono::hours(24));
    fail(scene, "stall 1");
    fail(scene, "short 3", 2);
    fail(scene, "power-loss 1");
    CHECK(scene.log.about("sim0") ==
          std::vector<std::string>{resync, over, restart, over, power_loss, over});
}
