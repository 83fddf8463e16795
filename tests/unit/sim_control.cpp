// SPDX-License-Identifier: MIT
#include "sim_rig.h"

#include <doctest/doctest.h>

using namespace gpiofs;
using namespace gpiofs::test;
using sim::UsbStatus;

namespace {

/// A standard request; the data it reads, or nothing if it stalls.
Bytes get(SimRig& rig, std::uint8_t recipient, std::uint8_t request, unsigned value, unsigned index,
          std::uint16_t length) {
    const sim::SetupPacket setup{.request_type = static_cast<std::uint8_t>(0x80 | recipient),
                                 .request = request,
                                 .value = static_cast<std::uint16_t>(value),
                                 .index = static_cast<std::uint16_t>(index),
                                 .length = length};
    Bytes data(length);
    const auto result = rig.board.control(rig.board.attachment(), setup, data);
    data.resize(result.bytes);
    return data;
}

Bytes descriptor(SimRig& rig, unsigned type, unsigned index = 0, std::uint16_t length = 255) {
    return get(rig, 0, 6, type << 8U | index, 0, length);
}

}  // namespace

TEST_CASE("sim control: device descriptors tell the chip") {
    SimRig rig(sim::BoardConfig{.chip = "ft2232h",
                                .vendor = 0x0c52,
                                .product = 0xa064,
                                .serial = "S1",
                                .usb = {},
                                .engine_ns = {}});
    const Bytes device = descriptor(rig, 1);
    REQUIRE(device.size() == 18);
    CHECK(device[0] == 18);
    CHECK(Bytes(device.begin() + 8, device.begin() + 14) ==
          Bytes{0x52, 0x0c, 0x64, 0xa0, 0x00, 0x07});
    CHECK(device == rig.board.device_descriptor());
    CHECK(descriptor(rig, 3, device[16]) == Bytes{6, 3, 'S', 0, '1', 0});
    CHECK(descriptor(rig, 3, 0) == Bytes{4, 3, 0x09, 0x04});
    CHECK(descriptor(rig, 1, 0, 8).size() == 8);
    CHECK(descriptor(rig, 3, 9).empty());
    CHECK(descriptor(rig, 6).size() == 10);
    CHECK(descriptor(rig, 0x22).empty());
}

TEST_CASE("sim control: a board without serial number has no string for it") {
    SimRig rig(sim::BoardConfig{
        .chip = "FT232H", .vendor = {}, .product = {}, .serial = "", .usb = {}, .engine_ns = {}});
    CHECK(descriptor(rig, 1).at(16) == 0);
    CHECK(descriptor(rig, 3, 3).empty());
}

TEST_CASE("sim control: configurations list two bulk endpoints per interface") {
    struct Shape {
        const char* chip;
        sim::UsbSpeed usb;
        unsigned interfaces;
        unsigned packet;
    };
    for (const Shape& shape : {Shape{"FT232H", sim::UsbSpeed::instant, 1, 512},
                               Shape{"FT2232H", sim::UsbSpeed::full, 2, 64},
                               Shape{"FT4232H", sim::UsbSpeed::high, 4, 512},
                               Shape{"FT2232D", sim::UsbSpeed::instant, 2, 64}}) {
        SimRig rig(shape.chip, shape.usb);
        const Bytes all = descriptor(rig, 2);
        REQUIRE(all.size() == 9 + shape.interfaces * 23);
        CHECK(all[2] == all.size());
        CHECK(all[4] == shape.interfaces);
        for (unsigned i = 0; i < shape.interfaces; ++i) {
            const auto at = [&](unsigned offset) { return all[9 + i * 23 + offset]; };
            CHECK(at(2) == i);
            CHECK(at(9 + 2) == 0x81 + 2 * i);
            CHECK(at(16 + 2) == 0x02 + 2 * i);
            CHECK((at(9 + 4) | at(9 + 5) << 8) == static_cast<int>(shape.packet));
        }
    }
}

TEST_CASE("sim control: standard requests") {
    SimRig rig("FT2232H");
    CHECK(get(rig, 0, 0, 0, 0, 2) == Bytes{0, 0});
    CHECK(get(rig, 0, 8, 0, 0, 1) == Bytes{0});
    sim::SetupPacket set{.request_type = 0, .request = 9, .value = 1, .index = 0, .length = 0};
    CHECK(rig.board.control(rig.board.attachment(), set, {}).status == UsbStatus::complete);
    CHECK(get(rig, 0, 8, 0, 0, 1) == Bytes{1});
    set.value = 2;
    CHECK(rig.board.control(rig.board.attachment(), set, {}).status == UsbStatus::stall);
    CHECK(get(rig, 1, 10, 0, 1, 1) == Bytes{0});
    CHECK(get(rig, 1, 10, 0, 2, 1).empty());

    const sim::SetupPacket halt{
        .request_type = 2, .request = 3, .value = 0, .index = 0x83, .length = 0};
    CHECK(rig.board.control(rig.board.attachment(), halt, {}).status == UsbStatus::complete);
    CHECK(get(rig, 2, 0, 0, 0x83, 2) == Bytes{1, 0});
    CHECK(get(rig, 2, 0, 0, 0x81, 2) == Bytes{0, 0});
    CHECK(rig.read(512, 1).status() == UsbStatus::stall);
}

TEST_CASE("sim control: vendor requests") {
    SimRig rig("FT2232H");
    CHECK(rig.ask(poll_status_request, 2) == Bytes{0x32, 0x60});
    CHECK(rig.ask(get_latency_request, 1) == Bytes{16});
    CHECK(rig.ask(0x90, 2, 40) == Bytes{0xff, 0xff});  // an address, not an interface
    for (const std::uint8_t request : Bytes{0x01, 0x02, 0x03, 0x04, 0x06, 0x07, 0x09, 0x91, 0x92}) {
        CHECK(rig.request(request, 0) == UsbStatus::complete);
    }
    CHECK(rig.request(latency_request, 4, 2) == UsbStatus::stall);
    CHECK(rig.request(0x20, 0) == UsbStatus::stall);
    CHECK(rig.request(reset_request, 3) == UsbStatus::stall);
    CHECK(rig.ask(0x55, 1).empty());
    rig.request(latency_request, 7, static_cast<unsigned>(-1));  // wIndex 0 is A
    CHECK(rig.ask(get_latency_request, 1) == Bytes{7});
}
