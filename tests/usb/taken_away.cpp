// SPDX-License-Identifier: MIT
// An interface that the kernel or another program takes away is claimed again, and until then
// nothing is sent to it.
#include "base/error.h"
#include "gpio/engine.h"
#include "usb/fixture.h"

#include <doctest/doctest.h>

#include <array>
#include <cerrno>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace gpiofs::tests {
namespace {

using transport::Detach;

/// Line 0 drives high, line 1 low, the others are inputs.
constexpr mpsse::PortState driven{0x0001, 0x0003};

/// The system's time and what was skipped of it: transfers that fail last as much longer.
class LateClock final : public Clock {
  public:
    void skip(Duration by) noexcept { skipped_ += by; }
    TimePoint now() const noexcept override { return system_.now() + skipped_; }
    void wait_until(std::unique_lock<std::mutex>& lock, std::condition_variable& changed,
                    TimePoint until) override {
        system_.wait_until(lock, changed, until - skipped_);
    }
    void spin_until(TimePoint until) noexcept override { system_.spin_until(until - skipped_); }

  private:
    SystemClock system_;
    Duration skipped_{};
};

/// An engine on interface A whose pins have something to lose.
class Driven {
  public:
    explicit Driven(const std::string& driver, Detach detach = Detach::serial)
        : fixture({.driver = driver}),
          engine(std::make_unique<gpio::Engine>(fixture.open(0, detach), "1-1 A",
                                                mpsse::Banks::both, clock)) {
        engine->start(in(patience));
        mpsse::CommandBuffer batch;
        batch.set_pins(driven, mpsse::Banks::both);
        batch.send_immediate();
        REQUIRE_FALSE(engine->send(batch, driven, in(patience)));
        REQUIRE(pins_are_driven());
    }

    /// One access: a read of all lines.
    std::error_code read() {
        mpsse::CommandBuffer batch;
        batch.get_pins(mpsse::Banks::both);
        batch.send_immediate();
        const TimePoint end = clock.now() + 2s;
        auto error = engine->ensure_in_step(end);
        power_lost = engine->take_power_loss() || power_lost;
        error = error ? error : engine->send(batch, engine->shadow(), end);
        return error ? error : engine->receive(batch.reply_size(), end);
    }
    bool pins_are_driven() {
        sim::VirtualBoard& chip = fixture.fake.chip();
        return chip.level({0, 0}) && !chip.level({0, 1}) && chip.level({0, 8});
    }
    Usbfs& usbfs() { return fixture.fake.usbfs(); }
    /// Everything that has reached the chip.
    std::uint64_t sent() {
        const auto counters = fixture.fake.chip().counters();
        return counters.out_transfers + counters.control_transfers;
    }

    LateClock clock;
    Fixture fixture;
    std::unique_ptr<gpio::Engine> engine;
    bool power_lost = false;
};

TEST_CASE(
    "a chip at its power-up values that nobody has gets no byte, a second after the last answer") {
    Driven on("");
    on.usbfs().reset_by_other_program();
    on.clock.skip(1s);
    const auto edges = on.fixture.fake.chip().edges(0);
    CHECK_FALSE(on.read());
    CHECK(on.power_lost);
    CHECK(on.pins_are_driven());
    // TXD, which line 0 is, idles high as the line drives it.
    CHECK(on.fixture.fake.chip().edges(0)[0] == edges[0]);
}

struct Taking {
    std::string how;
    std::function<void(Usbfs&)> take;
    /// The chip has its power-up values.
    bool forgets = false;
};

const std::array takings = {
    Taking{"USB reset", [](Usbfs& usbfs) { usbfs.reset_by_other_program(); }, true},
    Taking{"new configuration", [](Usbfs& usbfs) { usbfs.configure_anew(); }},
    Taking{"unbound", [](Usbfs& usbfs) { usbfs.unbind(0, ""); }},
    Taking{"bound to the serial driver", [](Usbfs& usbfs) { usbfs.unbind(0, "ftdi_sio"); }},
    Taking{"device authorized again",
           [](Usbfs& usbfs) {
               usbfs.set_authorized(false);
               usbfs.set_authorized(true);
           }},
    Taking{"interface authorized again",
           [](Usbfs& usbfs) {
               usbfs.set_interface_authorized(0, false);
               usbfs.set_interface_authorized(0, true);
           }},
};

TEST_CASE("an interface that was taken away is claimed again, with the pins as they were") {
    for (const std::string driver : {"ftdi_sio", ""}) {
        for (const Taking& taking : takings) {
            CAPTURE(driver);
            CAPTURE(taking.how);
            Driven on(driver);
            taking.take(on.usbfs());
            std::error_code error = errno_code(EIO);
            for (int accesses = 0; error && accesses < 3; ++accesses) {
                error = on.read();
                CHECK(error != errno_code(ENODEV));
            }
            CHECK_FALSE(error);
            CHECK(on.power_lost == taking.forgets);
            CHECK(on.pins_are_driven());
            CHECK(on.usbfs().driver(0) == "usbfs");
            CHECK(on.usbfs().driver(1) == driver);
            on.engine->stop(gpio::OnExit::automatic, in(patience));
            on.engine.reset();
            CHECK(on.usbfs().counts().foreign_requests == 0);
            // The serial driver has its tty back where it was taken off.
            CHECK(on.usbfs().driver(0) == driver);
        }
    }
}

const std::array keepers = {
    Taking{"another program", [](Usbfs& usbfs) { usbfs.claim_by_other_program(0); }},
    Taking{"a driver that may not be detached",
           [](Usbfs& usbfs) { usbfs.unbind(0, "gpio-mpsse"); }},
    Taking{"nobody, without a configuration", [](Usbfs& usbfs) { usbfs.set_authorized(false); }},
    Taking{"nobody, without authorization",
           [](Usbfs& usbfs) { usbfs.set_interface_authorized(0, false); }},
};

TEST_CASE("nothing is sent to an interface that something else has, and accesses fail with EBUSY") {
    for (const Taking& keeper : keepers) {
        CAPTURE(keeper.how);
        Driven on("ftdi_sio");
        keeper.take(on.usbfs());
        const auto sent = on.sent();
        for (int accesses = 0; accesses < 3; ++accesses) {
            CHECK(on.read() == errno_code(EBUSY));
        }
        CHECK(on.sent() == sent);
        const std::string holder = on.usbfs().driver(0);
        on.engine->stop(gpio::OnExit::reset, in(patience));
        on.engine.reset();
        CHECK(on.sent() == sent);
        CHECK(on.usbfs().counts().foreign_requests == 0);
        CHECK(on.usbfs().driver(0) == holder);
        CHECK(on.usbfs().counts().attaches == 0);
    }
}

TEST_CASE("an interface that something else had is claimed once it is free") {
    Driven on("ftdi_sio");
    on.usbfs().set_authorized(false);
    CHECK(on.read() == errno_code(EBUSY));
    on.usbfs().set_authorized(true);
    CHECK_FALSE(on.read());
    on.usbfs().claim_by_other_program(0);
    CHECK(on.read() == errno_code(EBUSY));
    on.usbfs().unbind(0, "");
    CHECK_FALSE(on.read());
    CHECK(on.pins_are_driven());
    CHECK(on.usbfs().counts().foreign_requests == 0);
}

TEST_CASE(
    "a transfer that is under way when the interface is taken away does not pass for unplugged") {
    for (const Taking& taking : takings) {
        CAPTURE(taking.how);
        Fixture fixture;
        const auto transport = fixture.open();
        fixture.fake.chip().set_fault(sim::FaultKind::timeout, 1);
        std::vector<std::uint8_t> buffer(512);
        transport::Transfer result;
        std::thread reader([&] { result = transport->read(buffer, in(patience)); });
        const bool pending = eventually([&] { return fixture.fake.usbfs().pending() == 1; });
        taking.take(fixture.fake.usbfs());
        reader.join();
        CHECK(pending);
        const bool told = result.error == errno_code(EBUSY) || result.error == errno_code(EIO);
        CHECK(told);
        CHECK_FALSE(transport->claim_again().error);

        // The same for transfers that are queued.
        fixture.fake.chip().set_fault(sim::FaultKind::timeout, 1);
        REQUIRE_FALSE(transport->submit(transport::Direction::in, buffer));
        taking.take(fixture.fake.usbfs());
        const auto ended = transport->collect(in(patience));
        REQUIRE(ended);
        const bool queued_told =
            ended->transfer.error == errno_code(EBUSY) || ended->transfer.error == errno_code(EIO);
        CHECK(queued_told);
    }
}

TEST_CASE("transfers to an interface that something else has fail with EBUSY") {
    Fixture fixture;
    const auto transport = fixture.open();
    fixture.fake.usbfs().claim_by_other_program(0);
    std::vector<std::uint8_t> buffer(512);
    CHECK(transport->write(buffer, in(patience)).error == errno_code(EBUSY));
    CHECK(transport->read(buffer, in(patience)).error == errno_code(EBUSY));
    CHECK(transport->submit(transport::Direction::out, buffer) == errno_code(EBUSY));
    CHECK(transport->control_out(set_bit_mode, 0, in(patience)) == errno_code(EBUSY));
    CHECK(transport->control_in(set_bit_mode, 0, buffer, in(patience)).error == errno_code(EBUSY));
    CHECK(transport->claim_again().error == errno_code(EBUSY));
    CHECK(transport->claim_again().holder == "usbfs");
    CHECK(fixture.fake.chip().counters().out_transfers == 0);
    CHECK(fixture.fake.usbfs().counts().foreign_requests == 0);
}

}  // namespace
}  // namespace gpiofs::tests
