// SPDX-License-Identifier: MIT
#include "base/error.h"
#include "usb/fixture.h"

#include <doctest/doctest.h>

#include <array>
#include <cerrno>
#include <deque>
#include <thread>
#include <vector>

namespace gpiofs::tests {
namespace {

using Bytes = std::vector<std::uint8_t>;
using transport::Direction;
using transport::Transport;

constexpr std::uint8_t get_pins = 0x81;
constexpr std::uint8_t send_immediate = 0x87;

void start_engine(Transport& transport) {
    REQUIRE_FALSE(transport.control_out(set_bit_mode, mpsse_mode, in(patience)));
}

void collect_all(Transport& transport) {
    while (transport.collect(in(patience))) {
    }
}

TEST_CASE("queued transfers: commands and replies flow at the same time, past every FIFO") {
    Fixture fixture;
    auto transport = fixture.open();
    start_engine(*transport);
    // Ten times what the chip's FIFOs hold: one after the other, these would wait in a circle.
    constexpr std::size_t batches = 10;
    constexpr std::size_t samples = 4000;
    std::deque<Bytes> ins;
    for (int n = 0; n < 8; ++n) {
        ins.emplace_back(std::size_t{8} * transport->packet_size());
        REQUIRE_FALSE(transport->submit(Direction::in, ins.back()));
    }
    Bytes commands(samples, get_pins);
    commands.push_back(send_immediate);
    for (std::size_t n = 0; n < batches; ++n) {
        REQUIRE_FALSE(transport->submit(Direction::out, commands));
    }
    std::size_t sent = 0;
    std::size_t replies = 0;
    while (replies < batches * samples || sent < batches) {
        const auto ended = transport->collect(in(patience));
        REQUIRE(ended);
        REQUIRE_FALSE(ended->transfer.error);
        if (ended->direction == Direction::out) {
            CHECK(ended->transfer.bytes == commands.size());
            ++sent;
            continue;
        }
        const std::size_t packets =
            (ended->transfer.bytes + transport->packet_size() - 1) / transport->packet_size();
        replies += ended->transfer.bytes - 2 * packets;
        ins.push_back(std::move(ins.front()));
        ins.pop_front();
        REQUIRE_FALSE(transport->submit(Direction::in, ins.back()));
    }
    CHECK(replies == batches * samples);
    CHECK(sent == batches);
    transport->cancel();
    collect_all(*transport);
    CHECK_FALSE(transport->collect(in(patience)));
}

TEST_CASE("queued transfers: nothing has ended by the deadline, and then they go on") {
    Fixture fixture;
    auto transport = fixture.open();
    start_engine(*transport);
    Bytes buffer(transport->packet_size());
    fixture.fake.chip().set_fault(sim::FaultKind::timeout, 1);
    REQUIRE_FALSE(transport->submit(Direction::in, buffer));
    CHECK_FALSE(transport->collect(in(50ms)));
    transport->cancel();
    const auto ended = transport->collect(in(patience));
    REQUIRE(ended);
    CHECK(ended->transfer.error == errno_code(ECANCELED));
    CHECK(ended->transfer.bytes == 0);
}

TEST_CASE("queued transfers: cancelled ones say how far they got, and none overtakes another") {
    Fixture fixture;
    auto transport = fixture.open();
    start_engine(*transport);
    // Nobody collects replies: the engine stops when they fill their FIFO, and commands pile up.
    Bytes commands(3000, get_pins);
    for (int n = 0; n < 4; ++n) {
        REQUIRE_FALSE(transport->submit(Direction::out, commands));
    }
    std::vector<std::size_t> moved;
    bool whole = true;
    while (const auto ended = transport->collect(in(100ms))) {
        CHECK_FALSE(ended->transfer.error);
        moved.push_back(ended->transfer.bytes);
    }
    transport->cancel();
    while (const auto ended = transport->collect(in(patience))) {
        CHECK(ended->transfer.error == errno_code(ECANCELED));
        moved.push_back(ended->transfer.bytes);
    }
    CHECK(moved.size() == 4);
    for (const std::size_t bytes : moved) {
        CHECK((whole || bytes == 0));
        whole = bytes == commands.size();
    }
    CHECK_FALSE(whole);
}

TEST_CASE("queued transfers: unplug and abort end all of them") {
    for (const bool unplug : {true, false}) {
        Fixture fixture;
        auto transport = fixture.open();
        start_engine(*transport);
        std::array<Bytes, 3> buffers;
        for (Bytes& buffer : buffers) {
            buffer.resize(transport->packet_size());
        }
        fixture.fake.chip().set_fault(sim::FaultKind::timeout, -1);
        for (Bytes& buffer : buffers) {
            REQUIRE_FALSE(transport->submit(Direction::in, buffer));
        }
        std::thread other([&] {
            if (unplug) {
                fixture.fake.unplug();
            } else {
                transport->abort();
            }
        });
        int ends = 0;
        while (const auto ended = transport->collect(in(patience))) {
            CHECK(ended->transfer.error == errno_code(unplug ? ENODEV : ECANCELED));
            ++ends;
        }
        other.join();
        CHECK(ends == 3);
        Bytes buffer(transport->packet_size());
        const auto error = transport->submit(Direction::in, buffer);
        CHECK(error == errno_code(unplug ? ENODEV : ECANCELED));
    }
}

}  // namespace
}  // namespace gpiofs::tests
