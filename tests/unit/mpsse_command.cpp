// SPDX-License-Identifier: MIT
#include "mpsse/command.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

using namespace gpiofs::mpsse;

namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes bytes_of(const CommandBuffer& buffer) {
    return {buffer.bytes().begin(), buffer.bytes().end()};
}

}  // namespace

TEST_CASE("set_pins sends level and direction of each bank asked for") {
    const PortState state{0xa55a, 0xf00f};
    CommandBuffer buffer;
    SUBCASE("low") {
        buffer.set_pins(state, Banks::low);
        CHECK(bytes_of(buffer) == Bytes{0x80, 0x5a, 0x0f});
    }
    SUBCASE("high") {
        buffer.set_pins(state, Banks::high);
        CHECK(bytes_of(buffer) == Bytes{0x82, 0xa5, 0xf0});
    }
    SUBCASE("both") {
        buffer.set_pins(state, Banks::both);
        CHECK(bytes_of(buffer) == Bytes{0x80, 0x5a, 0x0f, 0x82, 0xa5, 0xf0});
    }
    SUBCASE("none") {
        buffer.set_pins(state, Banks::none);
        CHECK(buffer.empty());
    }
    CHECK(buffer.reply_size() == 0);
}

TEST_CASE("get_pins counts one reply byte per bank") {
    CommandBuffer buffer;
    buffer.get_pins(Banks::both);
    buffer.get_pins(Banks::high);
    buffer.send_immediate();
    CHECK(bytes_of(buffer) == Bytes{0x81, 0x83, 0x83, 0x87});
    CHECK(buffer.reply_size() == 3);
}

TEST_CASE("a bad command causes two reply bytes") {
    CommandBuffer buffer;
    buffer.loopback_off();
    buffer.bad_command(Opcode::other_bad);
    CHECK(bytes_of(buffer) == Bytes{0x85, 0xab});
    CHECK(buffer.reply_size() == 2);
}

TEST_CASE("a cleared buffer starts anew") {
    CommandBuffer buffer;
    buffer.get_pins(Banks::low);
    buffer.clear();
    CHECK(buffer.empty());
    CHECK(buffer.reply_size() == 0);
    buffer.bad_command(Opcode::bad);
    CHECK(bytes_of(buffer) == Bytes{0xaa});
    CHECK(buffer.reply_size() == 2);
}

TEST_CASE("masks and banks translate into each other") {
    CHECK(banks_of(0) == Banks::none);
    CHECK(banks_of(0x0080) == Banks::low);
    CHECK(banks_of(0x0100) == Banks::high);
    CHECK(banks_of(0x8001) == Banks::both);
    CHECK(pins_of(Banks::none) == 0);
    CHECK(pins_of(Banks::low) == 0x00ff);
    CHECK(pins_of(Banks::high) == 0xff00);
    CHECK(pins_of(Banks::both) == 0xffff);
}
