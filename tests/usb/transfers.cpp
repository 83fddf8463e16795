// SPDX-License-Identifier: MIT
#include "base/error.h"
#include "usb/fixture.h"

#include <doctest/doctest.h>

#include <array>
#include <cerrno>
#include <numeric>
#include <thread>
#include <vector>

namespace gpiofs::tests {
namespace {

using Bytes = std::vector<std::uint8_t>;
using transport::Direction;
using transport::Transfer;
using transport::Transport;

constexpr std::uint8_t get_pins = 0x81;
constexpr std::uint8_t send_immediate = 0x87;
constexpr std::uint8_t bad_command = 0xaa;
constexpr std::uint8_t get_latency = 0x0a;

void start_engine(Transport& transport) {
    REQUIRE_FALSE(transport.control_out(set_bit_mode, mpsse_mode, in(patience)));
}

void write_all(Transport& transport, const Bytes& bytes) {
    const Transfer written = transport.write(bytes, in(patience));
    REQUIRE_FALSE(written.error);
    REQUIRE(written.bytes == bytes.size());
}

/// What one read returns.
Bytes read_once(Transport& transport, std::size_t room) {
    Bytes buffer(room);
    const Transfer received = transport.read(buffer, in(patience));
    REQUIRE_FALSE(received.error);
    buffer.resize(received.bytes);
    return buffer;
}

/// The replies in what reads return, without each packet's two status bytes.
Bytes read_replies(Transport& transport, std::size_t count) {
    Bytes replies;
    const TimePoint end = in(patience);
    while (replies.size() < count && std::chrono::steady_clock::now() < end) {
        const Bytes received = read_once(transport, 8 * transport.packet_size());
        for (std::size_t at = 0; at < received.size(); at += transport.packet_size()) {
            const auto last = std::min(at + transport.packet_size(), received.size());
            replies.insert(replies.end(), received.begin() + static_cast<std::ptrdiff_t>(at + 2),
                           received.begin() + static_cast<std::ptrdiff_t>(last));
        }
    }
    return replies;
}

TEST_CASE("control requests carry the interface in wIndex") {
    Fixture fixture;
    auto transport = fixture.open(1);
    std::array<std::uint8_t, 1> latency{};
    const Transfer answer = transport->control_in(get_latency, 0, latency, in(patience));
    CHECK_FALSE(answer.error);
    CHECK(answer.bytes == 1);
    CHECK(latency[0] == 16);
    start_engine(*transport);
    const auto requests = fixture.fake.usbfs().requests();
    REQUIRE(requests.size() == 2);
    CHECK(requests[0].request_type == 0xc0);
    CHECK(requests[0].request == get_latency);
    CHECK(requests[0].index == 2);
    CHECK(requests[0].length == 1);
    CHECK(requests[1].request_type == 0x40);
    CHECK(requests[1].request == set_bit_mode);
    CHECK(requests[1].value == mpsse_mode);
    CHECK(requests[1].index == 2);
    CHECK(requests[1].length == 0);
}

TEST_CASE("a request that the chip refuses is EPIPE") {
    Fixture fixture;
    auto transport = fixture.open();
    CHECK(transport->control_out(0x7f, 0, in(patience)) == errno_code(EPIPE));
    CHECK_FALSE(transport->control_out(set_bit_mode, mpsse_mode, in(patience)));
}

TEST_CASE("a short reply comes as it is, with its status bytes") {
    Fixture fixture;
    auto transport = fixture.open();
    start_engine(*transport);
    write_all(*transport, {bad_command, send_immediate});
    const Bytes replies = read_replies(*transport, 2);
    CHECK(replies == Bytes{0xfa, bad_command});
}

TEST_CASE("a read of several packets has status bytes in each") {
    Fixture fixture;
    auto transport = fixture.open();
    start_engine(*transport);
    constexpr std::size_t count = 1200;
    Bytes commands(count, get_pins);
    commands.push_back(send_immediate);
    write_all(*transport, commands);
    Bytes received = read_once(*transport, 4096);
    if (received.size() == 2) {
        received = read_once(*transport, 4096);
    }
    REQUIRE(received.size() == count + 2 * 3);
    for (std::size_t packet = 0; packet < 3; ++packet) {
        CHECK((received[packet * 512] & 0xf0U) == 0x30);
        CHECK(received[packet * 512 + 2] == 0xff);
    }
}

TEST_CASE("a packet of status bytes alone is a good read") {
    Fixture fixture;
    auto transport = fixture.open();
    start_engine(*transport);
    CHECK(read_once(*transport, 512).size() == 2);
    CHECK(read_once(*transport, 512).size() == 2);
}

TEST_CASE("a stalled endpoint works again once it is cleared") {
    Fixture fixture;
    auto transport = fixture.open();
    start_engine(*transport);
    fixture.fake.chip().set_fault(sim::FaultKind::stall, 1);
    const Bytes command{bad_command, send_immediate};
    CHECK(transport->write(command, in(patience)).error == errno_code(EPIPE));
    CHECK(transport->write(command, in(patience)).error == errno_code(EPIPE));
    CHECK_FALSE(transport->clear_halt(Direction::out));
    write_all(*transport, command);

    fixture.fake.chip().set_fault(sim::FaultKind::stall, 1);
    Bytes buffer(512);
    CHECK(transport->read(buffer, in(patience)).error == errno_code(EPIPE));
    CHECK_FALSE(transport->clear_halt(Direction::in));
    CHECK(read_replies(*transport, 2) == Bytes{0xfa, bad_command});
}

TEST_CASE("a deadline ends a transfer, and the next one works") {
    Fixture fixture;
    auto transport = fixture.open();
    start_engine(*transport);
    fixture.fake.chip().set_fault(sim::FaultKind::timeout, 1);
    Bytes buffer(512);
    const TimePoint start = std::chrono::steady_clock::now();
    const Transfer received = transport->read(buffer, start + 50ms);
    const auto taken = std::chrono::steady_clock::now() - start;
    CHECK(received.error == errno_code(ETIMEDOUT));
    CHECK(received.bytes == 0);
    CHECK(taken >= 50ms);
    CHECK(taken < patience);
    CHECK(fixture.fake.usbfs().pending() == 0);
    write_all(*transport, {bad_command, send_immediate});
    CHECK(read_replies(*transport, 2) == Bytes{0xfa, bad_command});
}

TEST_CASE("after its deadline a transfer is not begun") {
    Fixture fixture;
    auto transport = fixture.open();
    start_engine(*transport);
    const auto before = fixture.fake.chip().counters();
    Bytes buffer(512);
    CHECK(transport->read(buffer, in(-1ms)).error == errno_code(ETIMEDOUT));
    CHECK(transport->write(buffer, in(-1ms)).error == errno_code(ETIMEDOUT));
    CHECK(transport->control_out(set_bit_mode, 0, in(-1ms)) == errno_code(ETIMEDOUT));
    const auto after = fixture.fake.chip().counters();
    CHECK(after.out_transfers == before.out_transfers);
    CHECK(after.control_transfers == before.control_transfers);
}

TEST_CASE("a write that the chip takes only in part says how much") {
    Fixture fixture;
    auto transport = fixture.open();
    start_engine(*transport);
    // Every command has a reply of two bytes, and nobody reads: the engine stops when 4096 bytes of
    // replies wait, and then 4096 bytes of commands queue up (FT2232H).
    constexpr std::size_t size = 16384;
    const Bytes commands(size, bad_command);
    const Transfer written = transport->write(commands, in(200ms));
    CHECK(written.error == errno_code(ETIMEDOUT));
    CHECK(written.bytes >= 4096);
    CHECK(written.bytes <= 2048 + 4096 + 1);
    const Bytes replies = read_replies(*transport, 2 * written.bytes);
    CHECK(replies.size() == 2 * written.bytes);
    write_all(*transport, Bytes(100, bad_command));
}

TEST_CASE("abort() ends the bulk transfer under way and every later one, not control requests") {
    Fixture fixture;
    auto transport = fixture.open();
    start_engine(*transport);
    fixture.fake.chip().set_fault(sim::FaultKind::timeout, -1);
    Transfer received;
    std::thread reader([&] {
        Bytes buffer(512);
        received = transport->read(buffer, in(10 * patience));
    });
    CHECK(eventually([&] { return fixture.fake.usbfs().pending() == 1; }));
    const TimePoint start = std::chrono::steady_clock::now();
    transport->abort();
    reader.join();
    CHECK(std::chrono::steady_clock::now() - start < patience);
    CHECK(received.error == errno_code(ECANCELED));

    Bytes buffer(512);
    CHECK(transport->read(buffer, in(patience)).error == errno_code(ECANCELED));
    CHECK(transport->write(buffer, in(patience)).error == errno_code(ECANCELED));
    CHECK_FALSE(transport->control_out(set_bit_mode, 0, in(patience)));
    CHECK_FALSE(transport->clear_halt(Direction::in));
}

TEST_CASE("two interfaces work at the same time, and aborting one leaves the other alone") {
    Fixture fixture;
    auto a = fixture.open(0);
    auto b = fixture.open(1);
    start_engine(*b);
    std::thread waiting([&] {
        Bytes buffer(512);
        while (!a->read(buffer, in(patience)).error) {
        }
    });
    for (unsigned round = 0; round < 50; ++round) {
        write_all(*b, {bad_command, send_immediate});
        CHECK(read_replies(*b, 2) == Bytes{0xfa, bad_command});
    }
    a->abort();
    waiting.join();
    write_all(*b, {bad_command, send_immediate});
    CHECK(read_replies(*b, 2) == Bytes{0xfa, bad_command});
}

}  // namespace
}  // namespace gpiofs::tests
