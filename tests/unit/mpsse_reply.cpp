// SPDX-License-Identifier: MIT
#include "mpsse/reply.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <numeric>
#include <vector>

using namespace gpiofs::mpsse;

namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes payload_of(const ReplyParser& parser) {
    return {parser.payload().begin(), parser.payload().end()};
}

/// `payload` as the chip would packetise it.
Bytes packetised(const Bytes& payload, std::size_t packet_size) {
    Bytes wire;
    for (std::size_t i = 0; i < payload.size(); ++i) {
        if (i % (packet_size - 2) == 0) {
            wire.push_back(0x32);
            wire.push_back(0x60);
        }
        wire.push_back(payload[i]);
    }
    return wire;
}

Bytes counting_bytes(std::size_t count) {
    Bytes bytes(count);
    std::iota(bytes.begin(), bytes.end(), std::uint8_t{0});
    return bytes;
}

}  // namespace

TEST_CASE("status bytes are taken off a short packet") {
    ReplyParser parser(512);
    CHECK(parser.feed(Bytes{0x32, 0x60, 0x12, 0x34}) == 2);
    CHECK(payload_of(parser) == Bytes{0x12, 0x34});
}

TEST_CASE("a status-only packet holds nothing") {
    ReplyParser parser(64);
    CHECK(parser.feed(Bytes{0x32, 0x60}) == 0);
    CHECK(parser.feed(Bytes{}) == 0);
    CHECK(parser.feed(Bytes{0x32}) == 0);
    CHECK(parser.payload().empty());
}

TEST_CASE("a reply split over transfers is joined") {
    ReplyParser parser(64);
    CHECK(parser.feed(Bytes{0x32, 0x60, 0x01}) == 1);
    CHECK(parser.feed(Bytes{0x32, 0x60}) == 0);
    CHECK(parser.feed(Bytes{0x32, 0x60, 0x02, 0x03}) == 2);
    CHECK(payload_of(parser) == Bytes{0x01, 0x02, 0x03});
    parser.clear();
    CHECK(parser.payload().empty());
}

TEST_CASE("status bytes are taken off at every packet boundary") {
    for (const std::size_t packet_size : {std::size_t{64}, std::size_t{512}}) {
        CAPTURE(packet_size);
        for (const std::size_t count :
             {packet_size - 2, packet_size - 1, 2 * (packet_size - 2), 2 * (packet_size - 2) + 7}) {
            CAPTURE(count);
            const Bytes payload = counting_bytes(count);
            ReplyParser parser(packet_size);
            CHECK(parser.feed(packetised(payload, packet_size)) == count);
            CHECK(payload_of(parser) == payload);
        }
    }
}

TEST_CASE("a full packet followed by a status-only one") {
    const Bytes payload = counting_bytes(62);
    Bytes wire = packetised(payload, 64);
    wire.insert(wire.end(), {0x32, 0x60});
    ReplyParser parser(64);
    CHECK(parser.feed(wire) == 62);
    CHECK(payload_of(parser) == payload);
}

TEST_CASE("the echo of a bad command is found behind leftovers") {
    CHECK(end_of_bad_command_echo(Bytes{0xfa, 0xaa}, Opcode::bad) == 2);
    CHECK(end_of_bad_command_echo(Bytes{0x12, 0xfa, 0xfa, 0xaa, 0x55}, Opcode::bad) == 4);
    CHECK(end_of_bad_command_echo(Bytes{0xfa, 0xab, 0xfa, 0xaa}, Opcode::bad) == 4);
}

TEST_CASE("an absent or unfinished echo is not found") {
    CHECK_FALSE(end_of_bad_command_echo(Bytes{}, Opcode::bad));
    CHECK_FALSE(end_of_bad_command_echo(Bytes{0xfa}, Opcode::bad));
    CHECK_FALSE(end_of_bad_command_echo(Bytes{0xaa, 0xfa}, Opcode::bad));
    CHECK_FALSE(end_of_bad_command_echo(Bytes{0xfa, 0xab}, Opcode::bad));
    CHECK(end_of_bad_command_echo(Bytes{0xfa, 0xab}, Opcode::other_bad) == 2);
}

TEST_CASE("levels land in the bank they were asked from") {
    CHECK(levels_from_reply(Bytes{0x5a}, Banks::low) == 0x005a);
    CHECK(levels_from_reply(Bytes{0x5a}, Banks::high) == 0x5a00);
    CHECK(levels_from_reply(Bytes{0x5a, 0x81}, Banks::both) == 0x815a);
    CHECK(levels_from_reply(Bytes{}, Banks::none) == 0);
}
