// SPDX-License-Identifier: MIT
#include "sim_rig.h"

#include <doctest/doctest.h>

using namespace gpiofs;
using namespace gpiofs::test;
using namespace std::chrono_literals;
using sim::FaultKind;
using sim::UsbStatus;

namespace {

UsbStatus clear_halt(SimRig& rig, std::uint8_t endpoint) {
    const sim::SetupPacket setup{
        .request_type = 0x02, .request = 1, .value = 0, .index = endpoint, .length = 0};
    return rig.board.control(rig.board.attachment(), setup, {}).status;
}

Bytes payload_of(SimRig& rig) {
    rig.write({0x84, 0x31, 0x01, 0x00, 0x12, 0x34, 0x87});
    rig.clock.advance(1ms);
    rig.read(512);
    return {rig.raw.begin() + 2, rig.raw.end()};
}

}  // namespace

TEST_CASE("sim fault: timeout stops both directions for as many transfers") {
    SimRig rig("FT232H");
    rig.board.set_fault(FaultKind::timeout, 2);
    CHECK(rig.write({0xaa}).status() == UsbStatus::timed_out);
    CHECK(rig.read(512, 0, 100ms).status() == UsbStatus::timed_out);
    CHECK(rig.raw.empty());
    CHECK(rig.run({0xab}) == Bytes{0xfa, 0xab});
}

TEST_CASE("sim fault: -1 lasts until it is taken away") {
    SimRig rig("FT232H");
    rig.board.set_fault(FaultKind::timeout, -1);
    for (int i = 0; i < 5; ++i) {
        CHECK(rig.write({0xaa}).status() == UsbStatus::timed_out);
    }
    rig.board.set_fault(FaultKind::none, 0);
    CHECK(rig.write({0xaa}).status() == UsbStatus::complete);
}

TEST_CASE("sim fault: stall halts the endpoint until the halt is cleared") {
    SimRig rig("FT232H");
    rig.board.set_fault(FaultKind::stall, 1);
    CHECK(rig.write({0xaa}).status() == UsbStatus::stall);
    CHECK(rig.write({0xaa}).status() == UsbStatus::stall);
    CHECK(rig.read().status() == UsbStatus::complete);
    CHECK(clear_halt(rig, 0x02) == UsbStatus::complete);
    CHECK(rig.write({0xaa}).status() == UsbStatus::complete);
}

TEST_CASE("sim fault: nak refuses data while status packets still come") {
    SimRig rig("FT232H");
    rig.board.set_fault(FaultKind::nak, 1);
    CHECK(rig.read().bytes() == 2);
    CHECK(rig.write({0xaa}).status() == UsbStatus::timed_out);
    CHECK(rig.write({0xaa}).status() == UsbStatus::complete);
}

TEST_CASE("sim fault: what goes wrong with a reply") {
    SimRig rig("FT232H");
    rig.clock.advance(1s);
    SUBCASE("short loses its last byte") {
        rig.board.set_fault(FaultKind::short_reply, 1);
        CHECK(payload_of(rig) == Bytes{0x12});
    }
    SUBCASE("garbage changes every byte") {
        rig.board.set_fault(FaultKind::garbage, 1);
        CHECK(payload_of(rig) == Bytes{0xed, 0xcb});
    }
    SUBCASE("status-only leaves it in the chip") {
        rig.board.set_fault(FaultKind::status_only, 1);
        CHECK(payload_of(rig).empty());
        rig.read(512);
        CHECK(rig.raw.size() == 4);
    }
    CHECK(payload_of(rig) == Bytes{0x12, 0x34});
}

TEST_CASE("sim fault: late puts a reply in front of the next one, past every purge") {
    SimRig rig("FT232H");
    rig.clock.advance(1s);
    rig.board.set_fault(FaultKind::late, 1);
    CHECK(payload_of(rig).empty());
    rig.request(reset_request, 2);
    CHECK(rig.run({0xaa, 0x87}) == Bytes{0x12, 0x34, 0xfa, 0xaa});
    CHECK(rig.run({0xab, 0x87}) == Bytes{0xfa, 0xab});
}

TEST_CASE("sim fault: late for ever is always one reply behind, and loses none") {
    SimRig rig("FT232H");
    rig.clock.advance(1s);
    rig.board.set_fault(FaultKind::late, -1);
    CHECK(payload_of(rig).empty());
    rig.write({0xaa, 0x87});
    rig.read(512);
    CHECK(rig.raw == Bytes{0x32, 0x60, 0x12, 0x34});
    rig.board.set_fault(FaultKind::none, 0);
    CHECK(rig.run({0xab, 0x87}) == Bytes{0xfa, 0xaa, 0xfa, 0xab});
}

TEST_CASE("sim fault: what is late and finds no room waits for the reply after that") {
    SimRig rig("FT232H");
    rig.clock.advance(1s);
    rig.board.set_fault(FaultKind::late, 1);
    Bytes commands(600, 0x81);
    commands.push_back(0x87);
    CHECK(rig.run(commands).empty());
    CHECK(rig.run(commands).size() == 2 * 510);
    CHECK(rig.run({0xaa, 0x87}).size() == 2 * 90 + 2);
}

TEST_CASE("sim fault: late replies go with the plug") {
    SimRig rig("FT232H");
    rig.clock.advance(1s);
    rig.board.set_fault(FaultKind::late, 1);
    CHECK(payload_of(rig).empty());
    rig.board.set_plugged(false);
    rig.board.set_plugged(true);
    rig.request(bit_mode_request, mpsse_mode);
    CHECK(rig.run({0xaa, 0x87}) == Bytes{0xfa, 0xaa});
}

TEST_CASE("sim fault: cut takes a write's first byte, and the next write goes on behind it") {
    SimRig rig("FT232H");
    rig.board.set_fault(FaultKind::cut, 1);
    const auto cut = rig.write({0x80, 0x00, 0x01});
    CHECK(cut.status() == UsbStatus::timed_out);
    CHECK(cut.bytes() == 1);
    CHECK(rig.board.level({0, 0}));
    rig.write({0x00, 0x01});
    rig.clock.advance(1ms);
    CHECK_FALSE(rig.board.level({0, 0}));
}

TEST_CASE("sim fault: at an endpoint that is gone transfers fail at once, while control goes on") {
    SimRig rig("FT232H");
    rig.board.set_fault(FaultKind::endpoint_gone, 2);
    const TimePoint before = rig.clock.now();
    CHECK(rig.write({0xaa}).status() == UsbStatus::failed);
    CHECK(rig.read().status() == UsbStatus::failed);
    CHECK(rig.clock.now() == before);
    CHECK(rig.request(latency_request, 1) == UsbStatus::complete);
    CHECK(rig.run({0xab}) == Bytes{0xfa, 0xab});
}

TEST_CASE("sim fault: power loss is power-up without a disconnect") {
    SimRig rig("FT232H");
    rig.request(latency_request, 1);
    rig.write({0x80, 0x00, 0xff});
    rig.clock.advance(1ms);
    CHECK_FALSE(rig.board.level({0, 1}));
    const auto attachment = rig.board.attachment();
    rig.board.set_fault(FaultKind::power_loss, 1);
    CHECK(rig.write({0xaa}).status() == UsbStatus::complete);
    CHECK(rig.replies().empty());
    CHECK(rig.board.level({0, 1}));
    CHECK(rig.ask(get_latency_request, 1) == Bytes{16});
    CHECK(rig.board.attachment() == attachment);
}
