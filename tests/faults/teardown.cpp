// SPDX-License-Identifier: MIT
// A board at fault that is taken out, while a read is under way.
#include "faults/scene.h"
#include "model/raw_wire.h"
#include "model/stream_rig.h"

#include <doctest/doctest.h>

using namespace gpiofs;
using namespace gpiofs::test;
using std::chrono::milliseconds;

TEST_CASE("a board is taken out") {
    for_each_cell(Operation::teardown, [](const Cell& cell) {
        INFO(cell.name());
        ScriptedClock clock;
        ChipLog owner;
        Scene scene(clock, owner, milliseconds(1));
        scene.rig.tap->set_driver_detached();
        scene.begin_during(cell, clock);
        const TimePoint out = clock.now() + milliseconds(5);
        clock.at(out, [&] { scene.chip->kill(); });
        const auto job = read_job(mpsse::Banks::both, TimePoint::max());
        scene.chip->bus().submit(job);
        CHECK(job->result().error.value() == cell.expected.error);
        scene.chip->kill();
        CHECK(scene.poller_woken());
        CHECK(scene.line->dead());
        auto engine = scene.chip->bus().retire();
        REQUIRE(engine);
        engine->stop(gpio::OnExit::reset, scene.rig.deadline());
        engine.reset();
        CHECK(clock.now() <= out + milliseconds(5));
        CHECK(scene.log.about("sim0").empty());
        CHECK(scene.rig.tap->driver_given_back() == !cell.disconnects());
        scene.end_fault();
        if (!cell.disconnects()) {
            CHECK((scene.rig.levels() & Scene::outputs.outputs) == 0x0200);
            const auto wire = scene.rig.bench.boards().at(0)->open(0, {});
            CHECK_FALSE(RawWire(*wire, clock).refuses_bad_command());
        }
    });
}
