// SPDX-License-Identifier: MIT
#include "usb/fixture.h"

#include <doctest/doctest.h>

#include <string>

namespace gpiofs::tests {
namespace {

TEST_CASE("a board is described without being opened") {
    Testbed testbed;
    FakeBoard fake(testbed, {.chip = "FT4232H", .port = "1-4", .serial = "A B-C/D"});
    usb::UsbBoardSource source(any_id);
    const auto boards = source.boards();
    REQUIRE(boards.size() == 1);
    const transport::BoardInfo& info = boards[0]->info();
    CHECK(info.path == "1-4");
    CHECK(info.vendor == 0x0403);
    CHECK(info.product == 0x6011);
    CHECK(info.bcd_device == 0x0800);
    CHECK(info.interfaces == 4);
    CHECK(info.serial == "A B-C/D");
    CHECK_FALSE(info.virtual_board);
    CHECK(boards[0]->holder(3) == "ftdi_sio");
    CHECK(fake.usbfs().files() == 0);
    CHECK(fake.usbfs().requests().empty());
}

TEST_CASE("a board may have no serial number") {
    Testbed testbed;
    FakeBoard without(testbed, {.port = "1-1", .serial = std::nullopt});
    FakeBoard empty(testbed, {.port = "1-2", .serial = ""});
    usb::UsbBoardSource source(any_id);
    const auto boards = source.boards();
    REQUIRE(boards.size() == 2);
    CHECK_FALSE(boards[0]->info().serial.has_value());
    CHECK_FALSE(boards[1]->info().serial.has_value());
}

TEST_CASE("boards are listed in order of their ports, and only the interesting ones") {
    Testbed testbed;
    FakeBoard tenth(testbed, {.chip = "FT232H", .port = "1-10"});
    FakeBoard other(testbed, {.chip = "FT4232H", .port = "1-3"});
    FakeBoard second(testbed, {.chip = "FT232H", .port = "1-2"});
    usb::UsbBoardSource source([](std::uint16_t vendor, std::uint16_t product) {
        return vendor == 0x0403 && product == 0x6014;
    });
    const auto boards = source.boards();
    REQUIRE(boards.size() == 2);
    CHECK(boards[0]->info().path == "1-2");
    CHECK(boards[1]->info().path == "1-10");
}

TEST_CASE("without boards the list is empty") {
    Testbed testbed;
    usb::UsbBoardSource source(any_id);
    CHECK(source.boards().empty());
}

}  // namespace
}  // namespace gpiofs::tests
