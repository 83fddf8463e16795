// SPDX-License-Identifier: MIT
#include "rig.h"
#include "support/manual_clock.h"

#include <doctest/doctest.h>

#include <cerrno>

using namespace gpiofs;
using namespace gpiofs::test;
using namespace std::chrono_literals;

namespace {

/// A bus whose line 0 drives low, and a chip that has just answered.
struct Written {
    Written() : rig(clock), bus(rig.started(), clock) {
        bus.observe(log);
        REQUIRE_FALSE(change_pins(bus, output(0, false), rig.deadline()));
        REQUIRE_FALSE(read());
    }
    std::error_code write(bool level) {
        return change_pins(bus, {1, static_cast<mpsse::PinMask>(level ? 1 : 0), 0, 0},
                           rig.deadline());
    }
    std::error_code read() { return read_pins(bus, mpsse::Banks::low, rig.deadline()).error; }
    /// IN transfers of one write.
    std::uint64_t answers_of_write(bool level) {
        const auto before = rig.board().counters();
        CHECK_FALSE(write(level));
        const auto cost = since(before, rig.board().counters());
        CHECK(cost.out_transfers == 1);
        CHECK(cost.control_transfers == 0);
        return cost.in_transfers;
    }

    ManualClock clock;
    Rig rig;
    BusLog log;
    gpio::Bus bus;
};

}  // namespace

TEST_CASE("bus: a write waits for an answer once the last one is a second old") {
    Written on;
    on.clock.advance(999ms);
    CHECK(on.answers_of_write(true) == 0);
    on.clock.advance(1ms);
    CHECK(on.answers_of_write(false) == 1);
    CHECK(on.answers_of_write(true) == 0);
    on.clock.advance(24h);
    CHECK(on.answers_of_write(false) == 1);
}

TEST_CASE("bus: a program that also reads never pays for the proof of a write") {
    Written on;
    for (int n = 0; n < 20; ++n) {
        on.clock.advance(600ms);
        CHECK_FALSE(on.read());
        CHECK(on.answers_of_write(n % 2 == 0) == 0);
    }
}

TEST_CASE("bus: a chip that lost its power takes writes for a second, and drives them when found") {
    for (const auto pause : {1ms, 100ms, 400ms, 5000ms}) {
        CAPTURE(pause.count());
        Written on;
        on.rig.bench.write(0, "fault", "power-loss 1");
        const TimePoint begin = on.clock.now();
        TimePoint last_taken = begin;
        std::error_code error;
        bool level = false;
        while (!error && on.clock.now() - begin < 10s) {
            on.clock.advance(pause);
            const TimePoint now = on.clock.now();
            level = !level;
            error = on.write(level);
            last_taken = error ? last_taken : now;
        }
        CHECK(error.value() == ETIMEDOUT);
        CHECK(last_taken - begin < 1s);
        CHECK_FALSE(on.write(level));
        CHECK(on.log.power_losses == 1);
        CHECK(on.rig.board().level({0, 0}) == level);
        CHECK(on.log.shadow() == mpsse::PortState{static_cast<mpsse::PinMask>(level ? 1 : 0), 1});
        CHECK(on.answers_of_write(!level) == 0);
    }
}

TEST_CASE("bus: a write that is followed by a sample waits for that if the last answer is old") {
    Written on;
    on.log.watched_lines = 0x0100;
    const int samples = on.log.samples;
    on.clock.advance(1s);
    CHECK(on.answers_of_write(true) == 1);
    CHECK(on.log.samples == samples + 1);
    on.clock.advance(1s);
    on.rig.bench.write(0, "fault", "power-loss 1");
    CHECK(on.write(false).value() == ETIMEDOUT);
}

TEST_CASE("bus: writes that were queued are proven too") {
    Written on;
    const auto second = change_job(output(3, true), on.rig.deadline() + 1h);
    std::uint64_t sent = 0;
    on.rig.tap->after_next_write([&] {
        on.bus.submit(second);
        sent = on.rig.board().counters().in_transfers;
        on.clock.advance(1s);
    });
    REQUIRE_FALSE(on.write(true));
    CHECK_FALSE(second->result().error);
    CHECK(on.rig.board().counters().in_transfers == sent + 1);

    const auto third = change_job(output(3, false), on.rig.deadline() + 1h);
    on.rig.tap->after_next_write([&] {
        on.bus.submit(third);
        on.clock.advance(1s);
        on.rig.bench.write(0, "fault", "power-loss 1");
    });
    REQUIRE_FALSE(on.write(false));
    CHECK(third->result().error.value() == ETIMEDOUT);
    CHECK_FALSE(on.read());
    CHECK(on.log.power_losses == 1);
    CHECK_FALSE(on.rig.board().level({0, 3}));
}
