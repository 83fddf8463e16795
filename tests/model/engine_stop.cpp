// SPDX-License-Identifier: MIT
#include "exchanges.h"
#include "raw_wire.h"
#include "support/manual_clock.h"

#include <doctest/doctest.h>

#include <memory>
#include <optional>

using namespace gpiofs;
using namespace gpiofs::test;
using gpio::OnExit;

namespace {

/// ACBUS0 drives low; as an input it would be pulled up.
constexpr mpsse::PortState low_output{0x0000, 0x0100};

struct Stopped {
    bool in_mpsse_mode;
    bool output_kept;
    std::optional<bool> given_back;
};

Stopped stop(OnExit how, bool driver_detached, bool aborted = false) {
    ManualClock clock;
    Rig rig(clock);
    auto engine = rig.started();
    if (driver_detached) {
        rig.tap->set_driver_detached();
    }
    REQUIRE_FALSE(write_state(rig, *engine, low_output));
    if (aborted) {
        engine->abort();
    }
    engine->stop(how, rig.deadline());
    engine.reset();
    Stopped found{};
    found.output_kept = !rig.board().level({0, 8});
    const auto wire = rig.bench.boards().at(0)->open(0, {});
    found.in_mpsse_mode = RawWire(*wire, clock).refuses_bad_command();
    found.given_back = rig.tap->driver_given_back();
    return found;
}

}  // namespace

TEST_CASE("engine: stop keeps the pins and the mode, or gives both up") {
    for (const bool detached : {false, true}) {
        CAPTURE(detached);
        const Stopped kept = stop(OnExit::keep, detached);
        CHECK(kept.in_mpsse_mode);
        CHECK(kept.output_kept);
        CHECK(kept.given_back == false);
        const Stopped reset = stop(OnExit::reset, detached);
        CHECK_FALSE(reset.in_mpsse_mode);
        CHECK_FALSE(reset.output_kept);
        CHECK(reset.given_back == true);
    }
}

TEST_CASE("engine: stop by itself resets only where a driver waits for the interface") {
    const Stopped alone = stop(OnExit::automatic, false);
    CHECK(alone.in_mpsse_mode);
    CHECK(alone.output_kept);
    const Stopped awaited = stop(OnExit::automatic, true);
    CHECK_FALSE(awaited.in_mpsse_mode);
    CHECK_FALSE(awaited.output_kept);
    CHECK(awaited.given_back == true);
}

TEST_CASE("engine: stop still leaves the chip in order after an abort") {
    const Stopped reset = stop(OnExit::reset, false, true);
    CHECK_FALSE(reset.in_mpsse_mode);
    CHECK_FALSE(reset.output_kept);
}

TEST_CASE("engine: no driver is given an engine that could not be reset") {
    ManualClock clock;
    Rig rig(clock);
    const auto engine = rig.started();
    rig.bench.write(0, "plugged", "0");
    engine->stop(OnExit::reset, rig.deadline());
    CHECK(rig.tap->driver_given_back() == false);
}

TEST_CASE("engine: one that is dropped before it was stopped is reset before its driver gets it") {
    ManualClock clock;
    Rig rig(clock);
    auto engine = rig.started();
    rig.tap->set_driver_detached();
    rig.tap->forget();
    engine.reset();
    CHECK(rig.tap->requests() == std::vector<Tap::Request>{{0x00, 1}, {0x0b, 0x0000}});
    CHECK(rig.tap->driver_given_back() == true);
}
