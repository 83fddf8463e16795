// SPDX-License-Identifier: MIT
#include "sim_rig.h"

#include <doctest/doctest.h>

using namespace gpiofs;
using namespace gpiofs::test;
using namespace std::chrono_literals;
using sim::Drive;
using sim::PinId;
using sim::Pull;

namespace {

unsigned low_byte(SimRig& rig, unsigned interface = 0) { return rig.run({0x81}, interface).at(0); }
unsigned high_byte(SimRig& rig) { return rig.run({0x83}).at(0); }

}  // namespace

TEST_CASE("sim pins: nothing connected reads 1, but FT232H's ACBUS7 reads 0") {
    SimRig ft232h("FT232H");
    CHECK(low_byte(ft232h) == 0xff);
    CHECK(high_byte(ft232h) == 0x7f);
    SimRig ft2232h("FT2232H");
    CHECK(high_byte(ft2232h) == 0xff);
    SimRig ft2232d("FT2232D");
    CHECK(high_byte(ft2232d) == 0x0f);
    SimRig ft4232h("FT4232H");
    CHECK(high_byte(ft4232h) == 0x00);
}

TEST_CASE("sim pins: outputs are read back from the pin") {
    SimRig rig("FT232H");
    CHECK(rig.run({0x80, 0xa5, 0xff, 0x81}) == Bytes{0xa5});
    CHECK(rig.run({0x80, 0x00, 0x0f, 0x81}) == Bytes{0xf0});
    CHECK(rig.run({0x82, 0x55, 0xff, 0x83}) == Bytes{0x55});
    CHECK(rig.ask(read_pins_request, 1) == Bytes{0xf0});
}

TEST_CASE("sim pins: every edge is counted, also of a level that lasted no time at all") {
    SimRig rig("FT232H");
    rig.run({0x80, 0x01, 0x03});
    const auto before = rig.board.edges(0);
    rig.run({0x80, 0x01, 0x03});
    CHECK(rig.board.edges(0) == before);
    rig.run({0x80, 0x00, 0x03, 0x80, 0x01, 0x03});
    CHECK(rig.board.edges(0)[0] == before[0] + 2);
    CHECK(rig.board.edges(0)[1] == before[1]);
    rig.board.set_drive({0, 4}, Drive::low);
    CHECK(rig.board.edges(0)[4] == before[4] + 1);
}

TEST_CASE("sim pins: the outside drives inputs and wins a fight with a 0") {
    SimRig rig("FT232H");
    const PinId pin{0, 3};
    rig.board.set_drive(pin, Drive::low);
    CHECK(low_byte(rig) == 0xf7);
    rig.run({0x80, 0xff, 0xff});
    CHECK_FALSE(rig.board.level(pin));
    rig.board.set_drive(pin, Drive::high);
    CHECK(rig.board.level(pin));
    rig.run({0x80, 0x00, 0xff});
    CHECK_FALSE(rig.board.level(pin));
}

TEST_CASE("sim pins: pulls decide only what nobody drives") {
    SimRig rig("FT232H");
    const PinId pin{0, 6};
    CHECK(rig.board.pull(pin) == Pull::up);
    CHECK(rig.board.pull({0, 15}) == Pull::down);
    rig.board.set_pull(pin, Pull::down);
    CHECK(low_byte(rig) == 0xbf);
    rig.run({0x80, 0x40, 0x40});
    CHECK(rig.board.level(pin));
    rig.board.set_pull({0, 15}, Pull::up);
    CHECK(high_byte(rig) == 0xff);
}

TEST_CASE("sim pins: wires join pins, across interfaces and in chains") {
    SimRig rig("FT2232H");
    rig.request(bit_mode_request, mpsse_mode, 1);
    rig.board.set_wires({{{0, 4}, {0, 5}}, {{1, 0}, {0, 5}}});
    CHECK(rig.run({0x80, 0x00, 0x10, 0x81}) == Bytes{0xcf});
    CHECK(low_byte(rig, 1) == 0xfe);
    rig.run({0x80, 0x10, 0x10});
    CHECK(low_byte(rig, 1) == 0xff);
    rig.board.set_pull({1, 0}, Pull::down);
    rig.run({0x80, 0x00, 0x00});
    CHECK_FALSE(rig.board.level({0, 4}));
    rig.board.set_wires({});
    CHECK(rig.board.level({0, 4}));
}

TEST_CASE("sim pins: a pulse inverts for its time") {
    SimRig rig("FT232H");
    const PinId pin{0, 1};
    Drive drive = Drive::z;
    bool rest = true;
    SUBCASE("an open pin") {}
    SUBCASE("a driven 1") { drive = Drive::high; }
    SUBCASE("a driven 0") {
        drive = Drive::low;
        rest = false;
    }
    rig.board.set_drive(pin, drive);
    CHECK(rig.board.level(pin) == rest);
    rig.board.pulse(pin, 50us);
    CHECK(rig.board.level(pin) == !rest);
    rig.clock.advance(49us);
    CHECK(rig.board.level(pin) == !rest);
    rig.clock.advance(1us);
    CHECK(rig.board.level(pin) == rest);
}

TEST_CASE("sim pins: samples in one batch see a pulse where it was") {
    SimRig rig("FT232H", sim::UsbSpeed::instant, 1000);
    rig.board.pulse({0, 0}, 5us);
    CHECK(rig.run(Bytes(10, 0x81)) ==
          Bytes{0xfe, 0xfe, 0xfe, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff});
}

TEST_CASE("sim pins: open drain lets go instead of driving 1") {
    SimRig rig("FT232H");
    const PinId pin{0, 2};
    rig.board.set_pull(pin, Pull::down);
    CHECK(rig.run({0x9e, 0x04, 0x00, 0x80, 0x04, 0x04, 0x81}) == Bytes{0xfb});
    CHECK(rig.run({0x9e, 0x00, 0x00, 0x81}) == Bytes{0xff});
}

TEST_CASE("sim pins: the base mode drives TXD, RTS and DTR, and plays queued bytes on TXD") {
    SimRig rig("FT232H");
    rig.board.set_pull({0, 0}, Pull::down);
    rig.board.set_pull({0, 1}, Pull::down);
    rig.board.set_pull({0, 2}, Pull::down);
    CHECK(rig.ask(read_pins_request, 1) == Bytes{0xf8});
    rig.request(bit_mode_request, base_mode);
    CHECK(rig.ask(read_pins_request, 1) == Bytes{0xfd});
    rig.write({0x00});
    CHECK_FALSE(rig.board.level({0, 0}));
    rig.clock.advance(2ms);
    CHECK(rig.board.level({0, 0}));
}

TEST_CASE("sim pins: entering MPSSE makes all pins inputs, entering it again changes none") {
    SimRig rig("FT232H");
    rig.run({0x80, 0x00, 0xff});
    rig.request(bit_mode_request, mpsse_mode);
    CHECK(low_byte(rig) == 0x00);
    rig.request(bit_mode_request, base_mode);
    rig.request(bit_mode_request, mpsse_mode);
    CHECK(low_byte(rig) == 0xff);
}

TEST_CASE("sim pins: unplugged pins are nobody's outputs") {
    SimRig rig("FT232H");
    rig.run({0x80, 0x00, 0xff});
    rig.board.set_plugged(false);
    CHECK(rig.board.level({0, 7}));
}
