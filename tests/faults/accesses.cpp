// SPDX-License-Identifier: MIT
// Accesses to lines of a board at fault: read, write, direction. No line is sampled meanwhile.
#include "faults/attempts.h"
#include "faults/scene.h"
#include "model/stream_rig.h"
#include "support/wait.h"

#include <doctest/doctest.h>

#include <string>

using namespace gpiofs;
using namespace gpiofs::test;

namespace {

struct Access {
    gpio::PinChange change;
    mpsse::Banks reads = mpsse::Banks::none;

    mpsse::PinMask lines() const {
        return static_cast<mpsse::PinMask>(change.levels_of | change.outputs_of);
    }
};

std::error_code attempt(Scene& scene, const Access& access) {
    const auto job = read_job(access.reads, scene.rig.deadline());
    job->change = access.change;
    scene.chip->bus().submit(job);
    const auto result = job->result();
    CHECK(job->answers() == 1);
    return result.error;
}

void check_access(Operation operation, const Access& access) {
    for_each_cell(operation, [&](const Cell& cell) {
        INFO(cell.name());
        ScriptedClock clock;
        ChipLog owner;
        Scene scene(clock, owner, std::chrono::hours(24));
        scene.rig.timeout = std::chrono::milliseconds(50);
        scene.disarm();
        scene.begin_during(cell, clock);
        Attempts attempts(cell);
        while (attempts.again(attempt(scene, access))) {
        }
        attempts.check();
        if (cell.disconnects()) {
            CHECK(owner.losses > 0);
            scene.check_gone(cell, owner);
            return;
        }
        scene.end_fault();
        CHECK_FALSE(attempt(scene, access));
        scene.find_what_was_not_told(cell);
        scene.check_trace(cell, access.lines());
        if (!scene.line->dead()) {
            scene.arm();
        }
        scene.check_in_order(cell, access.change.applied_to(Scene::outputs));
    });
}

}  // namespace

TEST_CASE("a line is read") { check_access(Operation::read, {{}, mpsse::Banks::both}); }

TEST_CASE("a level is written") {
    check_access(Operation::write, {{0x0200, 0x0200, 0, 0}, mpsse::Banks::none});
}

TEST_CASE("a write is done though the sample behind it fails, and the board is back after it") {
    for (const std::string fault : {"short 1", "late 1", "status-only 20"}) {
        CAPTURE(fault);
        ScriptedClock clock;
        ChipLog owner;
        Scene scene(clock, owner, std::chrono::hours(24));
        scene.rig.timeout = std::chrono::milliseconds(50);
        scene.rig.bench.write(0, "fault", fault);
        const Access low{{0x0008, 0, 0, 0}, mpsse::Banks::none};
        CHECK_FALSE(attempt(scene, low));
        CHECK((scene.rig.levels() & 0x0008) == 0);
        CHECK(wait_until([&] { return scene.reads(); }));
        CHECK(scene.chip->state() == mpsse::PortState{0x0000, 0x0208});
        CHECK((scene.rig.levels() & 0x0208) == 0);
        CHECK_FALSE(scene.edges->take());
    }
}

TEST_CASE("a direction is written") {
    check_access(Operation::direction, {output(8, false), mpsse::Banks::none});
}
