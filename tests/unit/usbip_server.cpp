// SPDX-License-Identifier: MIT
#include "sim/bench.h"
#include "usbip/acceptor.h"
#include "usbip/exports.h"
#include "usbip/session.h"
#include "usbip/socket_io.h"
#include "usbip_client.h"

#include <doctest/doctest.h>

#include <cerrno>
#include <chrono>
#include <exception>
#include <list>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

using namespace gpiofs;
using test::UsbIpClient;
using Bytes = UsbIpClient::Bytes;

namespace {

constexpr std::uint8_t bit_mode = 0x0b;
constexpr std::uint16_t mpsse = 0x0200;
constexpr std::uint32_t busy = 2;
constexpr std::uint32_t no_device = 4;

/// A server on a free port with two boards.
class Rig {
  public:
    explicit Rig(std::chrono::milliseconds patience = usbip::request_patience) {
        for (const char* chip : {"FT232H", "FT2232H"}) {
            sim::BoardConfig config;
            config.chip = chip;
            bench.add(config);
        }
        UniqueFd listener = usbip::listen_tcp("127.0.0.1:0");
        address = usbip::local_address(listener.get());
        acceptor = std::make_unique<usbip::Acceptor>(
            std::move(listener),
            [this, patience](int socket) { usbip::serve_client(socket, exports, patience); });
    }

    /// A client that has attached the first board and put it into MPSSE mode. It is tried again in
    /// case this thread was not run for as long as the server's patience.
    UsbIpClient attached() {
        for (;;) {
            UsbIpClient client(address);
            try {
                REQUIRE(client.import("1-1") == 0);
            } catch (const std::runtime_error&) {
                continue;
            }
            REQUIRE(client.vendor(1, bit_mode, mpsse).status == 0);
            return client;
        }
    }
    /// Whether the board can be had within some seconds, as the server notices a closed connection
    /// in its own time.
    bool becomes_free(const std::string& bus_id) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        while (std::chrono::steady_clock::now() < deadline) {
            try {
                if (UsbIpClient(address).import(bus_id) == 0) {
                    return true;
                }
            } catch (const std::exception&) {  // no room for another connection yet
            }
            std::this_thread::yield();
        }
        return false;
    }

    SystemClock clock;
    sim::Bench bench{clock};
    usbip::Exports exports{bench};
    std::string address;
    std::unique_ptr<usbip::Acceptor> acceptor;
};

/// Reads until a transfer has payload, and returns that.
Bytes read_reply(UsbIpClient& client, std::uint32_t sequence) {
    while (true) {
        client.submit(sequence, true, 1, 512);
        const auto reply = client.reply(true);
        REQUIRE(reply.status == 0);
        REQUIRE(reply.sequence == sequence);
        REQUIRE(reply.data.size() >= 2);
        if (reply.data.size() > 2) {
            return {reply.data.begin() + 2, reply.data.end()};
        }
    }
}

}  // namespace

TEST_CASE("usbip server: devices are listed while they are plugged in") {
    Rig rig;
    CHECK(UsbIpClient(rig.address).device_count() == 2);
    rig.bench.write(1, "plugged", "0");
    UsbIpClient client(rig.address);
    CHECK(client.device_count() == 1);
    CHECK(client.device_count() == 1);  // a connection may ask again
    CHECK(UsbIpClient(rig.address).import("1-2") == no_device);
    CHECK(UsbIpClient(rig.address).import("9-9") == no_device);
}

TEST_CASE("usbip server: control transfers reach the chip") {
    Rig rig;
    UsbIpClient client(rig.address);
    REQUIRE(client.import("1-2") == 0);
    client.submit(5, true, 0, 18, {}, {0x80, 6, 0, 1, 0, 0, 18, 0});
    const auto device = client.reply(true);
    CHECK(device.command == 3);
    CHECK(device.sequence == 5);
    CHECK(device.status == 0);
    CHECK(device.data == rig.bench.board(1).device_descriptor());
    client.submit(6, true, 0, 64, {}, {0x80, 6, 9, 3, 0, 0, 64, 0});
    const auto stalled = client.reply(true);
    CHECK(stalled.status == -EPIPE);
    CHECK(stalled.data.empty());
    client.submit(7, true, 0, 255, {}, {0x80, 6, 0, 3, 0, 0, 255, 0});
    CHECK(client.reply(true).data == Bytes{4, 3, 9, 4});
}

TEST_CASE("usbip server: MPSSE commands run and their replies come back") {
    Rig rig;
    UsbIpClient client = rig.attached();
    rig.bench.write(0, "adbus3/drive", "0");
    client.submit(2, false, 2, 2, {0x81, 0x87});
    const auto sent = client.reply(false);
    CHECK(sent.status == 0);
    CHECK(sent.length == 2);
    CHECK(read_reply(client, 3) == Bytes{0xf7});
}

TEST_CASE("usbip server: transfers of an endpoint are answered in order") {
    Rig rig;
    UsbIpClient client = rig.attached();
    for (std::uint32_t sequence = 10; sequence < 20; ++sequence) {
        client.submit(sequence, true, 1, 512);
    }
    for (std::uint32_t sequence = 10; sequence < 20; ++sequence) {
        CHECK(client.reply(true).sequence == sequence);
    }
}

TEST_CASE("usbip server: a stalled endpoint and one that does not exist answer EPIPE") {
    Rig rig;
    UsbIpClient client = rig.attached();
    rig.bench.write(0, "fault", "stall 1");
    client.submit(2, false, 2, 1, {0xaa});
    CHECK(client.reply(false).status == -EPIPE);
    client.submit(3, true, 7, 512);
    CHECK(client.reply(true).status == -EPIPE);
}

TEST_CASE("usbip server: unlinking") {
    Rig rig;
    UsbIpClient client = rig.attached();
    rig.bench.write(0, "fault", "timeout 1");
    client.submit(2, true, 1, 512);
    client.submit(3, true, 1, 512);

    SUBCASE("a pending transfer is taken back, the next one goes on") {
        client.unlink(4, 2);
        const auto unlinked = client.reply(false);
        CHECK(unlinked.command == 4);
        CHECK(unlinked.sequence == 4);
        CHECK(unlinked.status == -ECONNRESET);
        CHECK(client.reply(true).sequence == 3);
    }
    SUBCASE("one that is over, or never was, is none to take back") {
        client.unlink(4, 1);
        CHECK(client.reply(false).status == 0);
        client.unlink(5, 77);
        CHECK(client.reply(false).status == 0);
    }
}

TEST_CASE("usbip server: bytes that have moved are not lost by unlinking") {
    Rig rig;
    UsbIpClient client = rig.attached();
    // The last of 3000 bytes do not fit: 1024 + 1024 and what the engine holds.
    client.submit(2, false, 2, 3000, Bytes(3000, 0xaa));
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (rig.bench.board(0).counters().opcodes < 513 &&
           std::chrono::steady_clock::now() < deadline) {
        std::this_thread::yield();
    }
    client.unlink(3, 2);
    const auto partial = client.reply(false);
    CHECK(partial.command == 3);
    CHECK(partial.status == -ECONNRESET);
    CHECK(partial.length >= 1024);
    CHECK(partial.length < 3000);
    const auto unlinked = client.reply(false);
    CHECK(unlinked.command == 4);
    CHECK(unlinked.status == 0);
}

TEST_CASE("usbip server: a device has one client, and is free when its connection ends") {
    Rig rig;
    auto client = std::make_unique<UsbIpClient>(rig.attached());
    CHECK(UsbIpClient(rig.address).import("1-1") == busy);
    CHECK(UsbIpClient(rig.address).import("1-2") == 0);
    client.reset();
    CHECK(rig.becomes_free("1-1"));
}

TEST_CASE("usbip server: attaching is plugging in") {
    Rig rig;
    {
        UsbIpClient client = rig.attached();
        client.submit(2, false, 2, 3, {0x80, 0x00, 0xff});
        client.reply(false);
        CHECK(rig.bench.read(0, "adbus1/level") == "0\n");
    }
    CHECK(rig.becomes_free("1-1"));
    CHECK(rig.bench.read(0, "adbus1/level") == "1\n");
}

TEST_CASE("usbip server: pulling the plug closes the connection") {
    Rig rig;
    UsbIpClient client = rig.attached();
    rig.bench.write(0, "fault", "timeout -1");
    client.submit(2, true, 1, 512);
    rig.bench.write(0, "plugged", "0");
    CHECK(client.closes());
    CHECK(UsbIpClient(rig.address).import("1-1") == no_device);
    rig.bench.write(0, "plugged", "1");
    CHECK(UsbIpClient(rig.address).import("1-1") == 0);
}

TEST_CASE("usbip server: a board plugged in again is nobody's, however quickly it was done") {
    Rig rig;
    for (int round = 0; round < 50; ++round) {
        UsbIpClient client(rig.address);
        REQUIRE(client.import("1-1") == 0);
        rig.bench.write(0, "plugged", "0");
        REQUIRE(UsbIpClient(rig.address).import("1-1") == no_device);
        rig.bench.write(0, "plugged", "1");
    }
}

TEST_CASE("usbip server: what is not USB/IP costs the connection, not the server") {
    Rig rig;
    SUBCASE("no request") {
        UsbIpClient client(rig.address);
        client.send({'G', 'E', 'T', ' ', '/', ' ', 'H', 'T'});
        CHECK(client.closes());
    }
    SUBCASE("a bus id without end") {
        UsbIpClient client(rig.address);
        client.send({0x01, 0x11, 0x80, 0x03, 0, 0, 0, 0});
        client.send(Bytes(32, 'x'));
        CHECK(client.closes());
    }
    SUBCASE("a transfer that is too long") {
        UsbIpClient client = rig.attached();
        client.submit(2, true, 1, 0x7fffffff);
        CHECK(client.closes());
    }
    SUBCASE("too much at a time") {
        UsbIpClient client = rig.attached();
        rig.bench.write(0, "fault", "timeout -1");
        for (std::uint32_t i = 0; i < 5; ++i) {
            client.submit(2 + i, true, 1, 16U << 20U);
        }
        CHECK(client.closes());
    }
    SUBCASE("another device's id") {
        UsbIpClient client = rig.attached();
        Bytes bytes(48, 0);
        bytes[3] = 2;
        bytes[11] = 99;
        client.send(bytes);
        CHECK(client.closes());
    }
    SUBCASE("half a command") {
        UsbIpClient client = rig.attached();
        client.send({0, 0, 0, 1});
    }
    CHECK(rig.becomes_free("1-1"));
}

TEST_CASE("usbip server: clients that ask for nothing keep nobody else out") {
    Rig rig(std::chrono::milliseconds(300));
    UsbIpClient attached = rig.attached();
    std::list<UsbIpClient> idle;
    for (const Bytes& begun : {Bytes{}, Bytes{0x01, 0x11, 0x80},  // half a request
                               Bytes{0x01, 0x11, 0x80, 0x03, 0, 0, 0, 0, '1', '-'}}) {
        for (unsigned n = 0; n < 64; ++n) {
            idle.emplace_back(rig.address).send(begun);
        }
    }
    REQUIRE(rig.becomes_free("1-2"));
    for (UsbIpClient& client : idle) {
        CHECK(client.closes());
    }
    UsbIpClient lister(rig.address);
    lister.send({0x01, 0x11, 0x80, 0x05, 0, 0, 0, 0});
    CHECK(lister.closes());
    CHECK(attached.vendor(2, bit_mode, mpsse).status == 0);  // it was silent all the while
}

TEST_CASE("usbip server: stopping ends every connection") {
    Rig rig;
    UsbIpClient idle(rig.address);
    UsbIpClient client = rig.attached();
    rig.bench.write(0, "fault", "timeout -1");
    client.submit(2, true, 1, 512);
    rig.acceptor.reset();
    CHECK(client.closes());
    CHECK(idle.closes());
}
