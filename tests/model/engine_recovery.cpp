// SPDX-License-Identifier: MIT
#include "exchanges.h"
#include "support/manual_clock.h"

#include <doctest/doctest.h>

#include <cerrno>
#include <ostream>
#include <string>

using namespace gpiofs;
using namespace gpiofs::test;

namespace {

/// Line 0 drives high, lines 1 and 8 low; the rest are inputs, pulled up.
constexpr mpsse::PortState driven{0x0001, 0x0103};

/// An engine whose pins have something to lose.
struct Driven {
    explicit Driven(Clock& clock) : rig(clock), engine(rig.started()) {
        REQUIRE_FALSE(write_state(rig, *engine, driven));
        REQUIRE(rig.levels() == 0xfefd);
        rig.tap->forget();
    }
    void fault(const std::string& text) { rig.bench.write(0, "fault", text); }
    /// Back in order, with the pins as the shadow says.
    void check_recovered() {
        const auto [error, levels] = read_levels(rig, *engine);
        CHECK_FALSE(error);
        CHECK(levels == 0xfefd);
        CHECK(rig.levels() == 0xfefd);
        CHECK(engine->shadow() == driven);
    }
    /// No SET command and no change of mode: nothing that could have moved a pin.
    void check_pins_left_alone() {
        CHECK_FALSE(mode_changed(*rig.tap));
        for (const Bytes& batch : rig.tap->writes()) {
            CHECK((batch.front() != 0x80 && batch.front() != 0x82));
        }
        CHECK(rig.levels() == 0xfefd);
    }

    Rig rig;
    std::unique_ptr<gpio::Engine> engine;
};

struct Case {
    std::string fault;
    int error;
    bool restarts;
};

}  // namespace

TEST_CASE("engine: one failing OUT transfer costs one access, and pins only if power was lost") {
    ManualClock clock;
    for (const Case& c : {Case{"timeout 1", ETIMEDOUT, false}, Case{"nak 1", ETIMEDOUT, false},
                          Case{"stall 1", EPIPE, false}, Case{"power-loss 1", ETIMEDOUT, true}}) {
        CAPTURE(c.fault);
        Driven on(clock);
        on.fault(c.fault);
        CHECK(read_levels(on.rig, *on.engine).first.value() == c.error);
        on.check_recovered();
        if (!c.restarts) {
            on.check_pins_left_alone();
        }
        CHECK(mode_changed(*on.rig.tap) == c.restarts);
    }
}

TEST_CASE("engine: one failing IN transfer costs one access, and pins only if power was lost") {
    ManualClock clock;
    for (const Case& c : {Case{"timeout 1", ETIMEDOUT, false}, Case{"short 1", ETIMEDOUT, false},
                          Case{"stall 1", EPIPE, false}, Case{"power-loss 1", ETIMEDOUT, true}}) {
        CAPTURE(c.fault);
        Driven on(clock);
        on.rig.tap->after_next_write([&] { on.fault(c.fault); });
        CHECK(read_levels(on.rig, *on.engine).first.value() == c.error);
        on.check_recovered();
        if (!c.restarts) {
            on.check_pins_left_alone();
        }
        CHECK(mode_changed(*on.rig.tap) == c.restarts);
    }
}

TEST_CASE("engine: a status packet before the reply is no failure") {
    ManualClock clock;
    Driven on(clock);
    on.fault("status-only 3");
    on.check_recovered();
    CHECK(on.rig.tap->requests().empty());
}

TEST_CASE("engine: a fault that stays fails every access, and the pins are right after it") {
    // Real time: packets that come at once and for ever would let no stepped clock go on.
    SystemClock clock;
    for (const Case& c :
         {Case{"timeout -1", ETIMEDOUT, false}, Case{"nak -1", ETIMEDOUT, false},
          Case{"stall -1", EPIPE, false}, Case{"short -1", ETIMEDOUT, true},
          Case{"status-only -1", ETIMEDOUT, true}, Case{"power-loss -1", ETIMEDOUT, true}}) {
        CAPTURE(c.fault);
        Driven on(clock);
        on.rig.timeout = std::chrono::milliseconds(100);
        on.fault(c.fault);
        for (int i = 0; i < 4; ++i) {
            CHECK(read_levels(on.rig, *on.engine).first.value() == c.error);
        }
        on.rig.timeout = std::chrono::seconds(1);
        if (!c.restarts) {
            on.check_pins_left_alone();
        }
        CHECK(mode_changed(*on.rig.tap) == c.restarts);
        on.fault("timeout 0");
        on.check_recovered();
    }
}

TEST_CASE("engine: garbage is not taken for the echo of a synchronisation") {
    ManualClock clock;
    Driven on(clock);
    on.fault("timeout 1");
    CHECK(read_levels(on.rig, *on.engine).first.value() == ETIMEDOUT);
    on.fault("garbage -1");
    CHECK(read_levels(on.rig, *on.engine).first.value() == ETIMEDOUT);
    on.fault("garbage 0");
    on.check_recovered();
}

TEST_CASE("engine: after power loss outputs come back with what they had") {
    ManualClock clock;
    Driven on(clock);
    on.fault("power-loss 1");
    CHECK(read_levels(on.rig, *on.engine).first.value() == ETIMEDOUT);
    CHECK(on.rig.board().level({0, 8}));
    CHECK_FALSE(on.engine->ensure_in_step(on.rig.deadline()));
    CHECK_FALSE(on.rig.board().level({0, 8}));
    CHECK(on.rig.levels() == 0xfefd);
}

TEST_CASE("engine: power that goes during any transfer of the ladder is told, and made up for") {
    ManualClock clock;
    // What has failed before, and how many transfers the ladder makes of it.
    struct Ladder {
        std::string fault;
        unsigned transfers;
    };
    for (const Ladder& ladder :
         {Ladder{"timeout 1", 4}, Ladder{"cut 1", 5}, Ladder{"power-loss 1", 6}}) {
        for (unsigned number = 0; number < ladder.transfers; ++number) {
            CAPTURE(ladder.fault);
            CAPTURE(number);
            Driven on(clock);
            on.fault(ladder.fault);
            REQUIRE(read_levels(on.rig, *on.engine).first);
            on.fault("0");
            bool lost = false;
            on.rig.tap->before_transfer(number, [&] {
                lost = true;
                on.fault("power-loss 1");
            });
            bool told = false;
            std::error_code error = errno_code(EIO);
            for (int attempts = 0; error && attempts < 3; ++attempts) {
                error = on.engine->ensure_in_step(on.rig.deadline());
                told = told || on.engine->take_power_loss();
            }
            REQUIRE(lost);
            CHECK_FALSE(error);
            CHECK(told);
            on.check_recovered();
        }
    }
}

TEST_CASE("engine: nothing is sent while something else has the interface") {
    ManualClock clock;
    Driven on(clock);
    on.fault("timeout 1");
    CHECK(read_levels(on.rig, *on.engine).first.value() == ETIMEDOUT);
    on.rig.tap->set_claim({true, errno_code(EBUSY), "usbfs"});
    const auto before = on.rig.board().counters();
    for (int accesses = 0; accesses < 3; ++accesses) {
        CHECK(read_levels(on.rig, *on.engine).first.value() == EBUSY);
    }
    const auto sent = since(before, on.rig.board().counters());
    CHECK(sent.out_transfers + sent.in_transfers + sent.control_transfers == 0);
    on.rig.tap->set_claim({});
    on.check_recovered();
    on.check_pins_left_alone();
}

TEST_CASE("engine: a claim that was lost is noticed before the first access of a second") {
    ManualClock clock;
    Driven on(clock);
    on.rig.tap->set_claim({true, errno_code(EBUSY), "ftdi_sio"});
    CHECK_FALSE(read_levels(on.rig, *on.engine).first);
    clock.advance(std::chrono::seconds(1));
    on.rig.tap->forget();
    CHECK(read_levels(on.rig, *on.engine).first.value() == EBUSY);
    CHECK(on.rig.tap->writes().empty());
    CHECK(on.rig.tap->requests().empty());
    // Claimed again: who had it may have left anything in the chip.
    on.rig.tap->set_claim({true, {}, ""});
    on.check_recovered();
    CHECK_FALSE(on.rig.tap->requests().empty());
}

TEST_CASE("engine: an interface whose board has gone is told as ENODEV") {
    ManualClock clock;
    Driven on(clock);
    on.rig.tap->set_claim({false, errno_code(ENODEV), ""});
    clock.advance(std::chrono::seconds(1));
    CHECK(read_levels(on.rig, *on.engine).first.value() == ENODEV);
    on.rig.tap->set_claim({});
    CHECK(read_levels(on.rig, *on.engine).first.value() == ENODEV);
    CHECK(on.rig.tap->requests().empty());
}

TEST_CASE("engine: an engine in step asks nothing of the chip to stay there") {
    ManualClock clock;
    Driven on(clock);
    const auto before = on.rig.board().counters();
    CHECK_FALSE(on.engine->ensure_in_step(on.rig.deadline()));
    CHECK(since(before, on.rig.board().counters()).out_transfers == 0);
    CHECK(on.rig.tap->requests().empty());
}

TEST_CASE("engine: unplugged means ENODEV at once and for ever") {
    ManualClock clock;
    Driven on(clock);
    on.rig.bench.write(0, "plugged", "0");
    const TimePoint before = clock.now();
    CHECK(read_levels(on.rig, *on.engine).first.value() == ENODEV);
    on.rig.bench.write(0, "plugged", "1");
    CHECK(read_levels(on.rig, *on.engine).first.value() == ENODEV);
    CHECK(clock.now() == before);
    // Nothing was tried that would be told as an attempt to recover.
    CHECK(on.rig.tap->requests().empty());
    CHECK(on.rig.tap->writes().size() == 1);
}
