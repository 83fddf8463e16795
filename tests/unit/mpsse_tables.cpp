// SPDX-License-Identifier: MIT
#include "mpsse/chip_type.h"
#include "mpsse/known_boards.h"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <utility>

using namespace gpiofs::mpsse;

TEST_CASE("bcdDevice tells chips apart that share an ID") {
    const ChipType* d = find_chip_type(std::uint16_t{0x0500});
    const ChipType* h = find_chip_type(std::uint16_t{0x0700});
    REQUIRE(d != nullptr);
    REQUIRE(h != nullptr);
    CHECK(d->name == "FT2232D");
    CHECK(d->mpsse_interfaces == 1);
    CHECK(d->pins() == 0x0fff);
    CHECK(h->name == "FT2232H");
    CHECK(h->mpsse_interfaces == 2);
    CHECK(h->pins() == 0xffff);
}

TEST_CASE("the FT4232H has no high byte and no MPSSE on C and D") {
    const ChipType* chip = find_chip_type("ft4232h");
    REQUIRE(chip != nullptr);
    CHECK(chip->bcd_device == 0x0800);
    CHECK(chip->mpsse_interfaces == 2);
    CHECK(chip->pins() == 0x00ff);
}

TEST_CASE("chips without MPSSE are known by name") {
    for (const int bcd : {0x0200, 0x0400, 0x0600, 0x1000}) {
        CAPTURE(bcd);
        const ChipType* chip = find_chip_type(static_cast<std::uint16_t>(bcd));
        REQUIRE(chip != nullptr);
        CHECK(chip->mpsse_interfaces == 0);
        CHECK(chip->pins() == 0);
    }
}

TEST_CASE("unknown chips are unknown") {
    CHECK(find_chip_type(std::uint16_t{0x0701}) == nullptr);
    CHECK(find_chip_type("FT232") == nullptr);
    CHECK(find_chip_type("FT232HX") == nullptr);
    CHECK(find_chip_type("") == nullptr);
}

TEST_CASE("pins have the data sheet's names") {
    CHECK(pin_name(0, 0) == "ADBUS0");
    CHECK(pin_name(0, 8) == "ACBUS0");
    CHECK(pin_name(1, 7) == "BDBUS7");
    CHECK(pin_name(1, 15) == "BCBUS7");
}

TEST_CASE("no identity is in the table twice") {
    std::set<std::pair<int, int>> seen;
    for (const auto& board : known_boards()) {
        CAPTURE(board.vendor);
        CAPTURE(board.product);
        CHECK(seen.insert({board.vendor, board.product}).second);
        CHECK_FALSE(board.name.empty());
    }
}

TEST_CASE("only the boards of the kernel's driver are GPIO-only") {
    for (const auto& board : known_boards()) {
        CAPTURE(board.name);
        const bool in_kernel = (board.vendor == 0x0c52 && board.product == 0xa064) ||
                               (board.vendor == 0x0403 && board.product == 0x6988);
        CHECK(board.gpio_only == in_kernel);
    }
    CHECK(find_known_board(0x0c52, 0xa064) != nullptr);
    CHECK(find_known_board(0x0403, 0x6988) != nullptr);
    CHECK(find_known_board(0x1234, 0x5678) == nullptr);
}

TEST_CASE("a Bryx has one output and one input") {
    const ChipType* chip = find_chip_type("FT232H");
    REQUIRE(chip != nullptr);
    CHECK(line_limits(0x0403, 0x6988, *chip) == LineLimits{0x0028, 0x0020, 0x0008});
    CHECK(line_limits(0x0403, 0x6014, *chip) == LineLimits{0xffff, 0xffff, 0xffff});
}

TEST_CASE("a pin is found by the name it has") {
    for (unsigned number = 0; number < most_mpsse_interfaces; ++number) {
        for (unsigned offset = 0; offset < 16; ++offset) {
            CHECK(find_pin(pin_name(number, offset)) == NamedPin{number, offset});
        }
    }
    CHECK(find_pin("bcbus7") == NamedPin{1, 15});
    for (const char* name : {"", "ADBUS", "ADBUS8", "CDBUS0", "ADBUS00"}) {
        CHECK_FALSE(find_pin(name));
    }
}
