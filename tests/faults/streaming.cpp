// SPDX-License-Identifier: MIT
// A board at fault whose lines are sampled without a gap, while somebody reads one.
#include "faults/attempts.h"
#include "faults/scene.h"
#include "model/stream_rig.h"

#include <doctest/doctest.h>

using namespace gpiofs;
using namespace gpiofs::test;
using std::chrono::microseconds;
using std::chrono::milliseconds;

namespace {

/// Streams for 10 ms if nothing fails, some 20 batches; `at` is called after 5 ms.
std::error_code stream(Scene& scene, ScriptedClock& clock, const std::function<void()>& at) {
    const TimePoint end = clock.now() + milliseconds(10);
    clock.in(milliseconds(5), at);
    return scene.chip->bus().stream(milliseconds(50), [&] { return clock.now() < end; });
}

void nothing() {}

}  // namespace

TEST_CASE("lines are streamed") {
    for_each_cell(Operation::streaming, [](const Cell& cell) {
        INFO(cell.name());
        ScriptedClock clock;
        ChipLog owner;
        Scene scene(clock, owner, microseconds(0));
        REQUIRE_FALSE(stream(scene, clock, nothing));
        const auto job = read_job(mpsse::Banks::both, clock.now() + milliseconds(50));
        static_cast<void>(stream(scene, clock, [&] {
            scene.begin(cell);
            scene.chip->bus().submit(job);
        }));
        CHECK(job->answers() == 1);
        Attempts attempts(cell);
        for (auto told = job->result().error; attempts.again(told);) {
            told = stream(scene, clock, nothing);
        }
        attempts.check();
        if (cell.disconnects()) {
            CHECK(owner.losses > 0);
            scene.check_gone(cell, owner);
            return;
        }
        scene.end_fault();
        CHECK_FALSE(stream(scene, clock, nothing));
        scene.check_trace(cell, 0);
        scene.check_in_order(cell, Scene::outputs);
    });
}
