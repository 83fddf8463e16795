// SPDX-License-Identifier: MIT
#include "exchanges.h"
#include "support/manual_clock.h"

#include <doctest/doctest.h>

#include <cerrno>

using namespace gpiofs;
using namespace gpiofs::test;

namespace {

constexpr mpsse::PortState before{0x0001, 0x0103};
constexpr mpsse::PortState after{0x0102, 0x0103};
const Bytes batch_of_after = {0x80, 0x02, 0x03, 0x82, 0x01, 0x01, 0x87};

}  // namespace

TEST_CASE("engine: the rest of a write that was cut anywhere is sent before anything else") {
    ManualClock clock;
    for (std::size_t taken = 0; taken <= batch_of_after.size(); ++taken) {
        CAPTURE(taken);
        Rig rig(clock);
        const auto engine = rig.started();
        REQUIRE_FALSE(write_state(rig, *engine, before));
        rig.tap->forget();
        rig.tap->cut_next_write(taken);
        CHECK(write_state(rig, *engine, after).value() == ETIMEDOUT);
        REQUIRE(rig.tap->writes() == std::vector<Bytes>{batch_of_after});
        CHECK_FALSE(engine->ensure_in_step(rig.deadline()));
        CHECK_FALSE(mode_changed(*rig.tap));
        if (taken > 0 && taken < batch_of_after.size()) {
            const Bytes rest(batch_of_after.begin() + static_cast<std::ptrdiff_t>(taken),
                             batch_of_after.end());
            CHECK(rig.tap->writes().at(1) == rest);
        }
        const auto& wanted = taken == 0 ? before : after;
        CHECK(engine->shadow() == wanted);
        CHECK(rig.levels() == expected_levels(wanted));
        const auto [error, levels] = read_levels(rig, *engine);
        CHECK_FALSE(error);
        CHECK(levels == expected_levels(wanted));
    }
}

TEST_CASE("engine: a rest that is cut again is sent from where it broke off") {
    ManualClock clock;
    Rig rig(clock);
    const auto engine = rig.started();
    REQUIRE_FALSE(write_state(rig, *engine, before));
    rig.tap->cut_next_write(1);
    CHECK(write_state(rig, *engine, after).value() == ETIMEDOUT);
    for (const std::size_t taken : {0U, 1U, 2U}) {
        rig.tap->cut_next_write(taken);
        CHECK(engine->ensure_in_step(rig.deadline()).value() == ETIMEDOUT);
    }
    rig.tap->forget();
    CHECK_FALSE(engine->ensure_in_step(rig.deadline()));
    CHECK(rig.tap->writes().at(0) == Bytes{0x01, 0x01, 0x87});
    CHECK(engine->shadow() == after);
    CHECK(rig.levels() == expected_levels(after));
}

TEST_CASE("engine: a rest that went out whole although it failed is not sent twice") {
    ManualClock clock;
    Rig rig(clock);
    const auto engine = rig.started();
    rig.tap->cut_next_write(1);
    CHECK(write_state(rig, *engine, after).value() == ETIMEDOUT);
    rig.tap->cut_next_write(batch_of_after.size() - 1);
    CHECK(engine->ensure_in_step(rig.deadline()).value() == ETIMEDOUT);
    rig.tap->forget();
    CHECK_FALSE(engine->ensure_in_step(rig.deadline()));
    CHECK(rig.tap->writes().at(0) == Bytes{0xaa, 0x87});
    CHECK(rig.levels() == expected_levels(after));
}

TEST_CASE("engine: a batch larger than the chip's FIFO is completed once there is room") {
    ManualClock clock;
    Rig rig(clock, {});
    sim::BoardConfig slow;
    slow.chip = "FT232H";
    slow.engine_ns = 100'000;
    rig.bench.add(slow);
    const auto engine = rig.started();
    mpsse::CommandBuffer batch;
    mpsse::PortState state{0, 0x0001};
    constexpr int toggles = 1001;
    for (int i = 0; i < toggles; ++i) {
        state.levels ^= 0x0001U;
        batch.set_pins(state, mpsse::Banks::low);
    }
    batch.send_immediate();
    CHECK(exchange(*engine, batch, state, clock.now() + std::chrono::milliseconds(20)).value() ==
          ETIMEDOUT);
    CHECK_FALSE(engine->ensure_in_step(clock.now() + std::chrono::seconds(10)));
    CHECK_FALSE(mode_changed(*rig.tap));
    CHECK(engine->shadow() == state);
    CHECK(rig.board().level({0, 0}));
}
