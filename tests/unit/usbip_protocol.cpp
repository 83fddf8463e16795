// SPDX-License-Identifier: MIT
#include "usbip/protocol.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <variant>

using namespace gpiofs;
using namespace gpiofs::usbip;

namespace {

using CommandBytes = std::array<std::uint8_t, command_size>;

/// A submit with every field that is checked; the words are in the order of the protocol.
CommandBytes submit_bytes(std::uint32_t direction, std::uint32_t endpoint, std::uint32_t length,
                          std::array<std::uint8_t, 8> setup = {}, std::uint32_t packets = 0) {
    CommandBytes bytes{};
    const auto put = [&](std::size_t at, std::uint32_t value) {
        for (std::size_t i = 0; i < 4; ++i) {
            bytes.at(at + i) = static_cast<std::uint8_t>(value >> (24 - 8 * i));
        }
    };
    put(0, 1);
    put(4, 0x01020304);
    put(8, 0x00010002);
    put(12, direction);
    put(16, endpoint);
    put(24, length);
    put(32, packets);
    std::copy(setup.begin(), setup.end(), bytes.begin() + 40);
    return bytes;
}

bool accepted(const CommandBytes& bytes) {
    std::string error;
    const bool good = parse_command(bytes, error).has_value();
    CHECK(good == error.empty());
    return good;
}

}  // namespace

TEST_CASE("usbip protocol: requests") {
    std::string error;
    const std::array<std::uint8_t, 8> list = {0x01, 0x11, 0x80, 0x05, 0, 0, 0, 0};
    CHECK(parse_request(list, error) == Request::list_devices);
    const std::array<std::uint8_t, 8> import = {0x01, 0x11, 0x80, 0x03, 0, 0, 0, 0};
    CHECK(parse_request(import, error) == Request::import_device);
    const std::array<std::uint8_t, 8> old = {0x01, 0x06, 0x80, 0x03, 0, 0, 0, 0};
    CHECK_FALSE(parse_request(old, error).has_value());
    CHECK(error == "protocol version 0106");
    const std::array<std::uint8_t, 8> reply = {0x01, 0x11, 0x00, 0x03, 0, 0, 0, 0};
    CHECK_FALSE(parse_request(reply, error).has_value());
    CHECK(error == "request 0003");
}

TEST_CASE("usbip protocol: bus ids end with a zero") {
    std::string error;
    std::array<std::uint8_t, bus_id_size> bytes{};
    bytes[0] = '1';
    bytes[1] = '-';
    bytes[2] = '2';
    CHECK(parse_bus_id(bytes, error) == "1-2");
    bytes.fill('x');
    CHECK_FALSE(parse_bus_id(bytes, error).has_value());
}

TEST_CASE("usbip protocol: a submit is read field by field") {
    std::string error;
    const auto parsed =
        parse_command(submit_bytes(1, 0, 18, {0x80, 6, 0x00, 0x01, 0x09, 0x04, 18, 0}), error);
    REQUIRE(parsed.has_value());
    const auto& submit = std::get<Submit>(*parsed);
    CHECK(submit.sequence == 0x01020304);
    CHECK(submit.device_id == 0x00010002);
    CHECK(submit.in);
    CHECK(submit.endpoint == 0);
    CHECK(submit.length == 18);
    CHECK(submit.data_size() == 0);
    CHECK(submit.setup.request == 6);
    CHECK(submit.setup.value == 0x0100);
    CHECK(submit.setup.index == 0x0409);
    CHECK(submit.setup.length == 18);
    const auto out = parse_command(submit_bytes(0, 2, 700), error);
    CHECK(std::get<Submit>(out.value()).data_size() == 700);
}

TEST_CASE("usbip protocol: submits out of bounds are refused") {
    CHECK(accepted(submit_bytes(1, 1, longest_transfer)));
    CHECK_FALSE(accepted(submit_bytes(1, 1, longest_transfer + 1)));
    CHECK_FALSE(accepted(submit_bytes(1, 1, 0xffffffff)));
    CHECK_FALSE(accepted(submit_bytes(2, 1, 1)));
    CHECK(accepted(submit_bytes(1, 15, 1)));
    CHECK_FALSE(accepted(submit_bytes(1, 16, 1)));
    CHECK(accepted(submit_bytes(1, 1, 1, {}, 0xffffffff)));
    CHECK_FALSE(accepted(submit_bytes(1, 1, 1, {}, 1)));
    // control: longer than its buffer, or against its direction
    CHECK_FALSE(accepted(submit_bytes(1, 0, 17, {0x80, 6, 0, 1, 0, 0, 18, 0})));
    CHECK_FALSE(accepted(submit_bytes(0, 0, 18, {0x80, 6, 0, 1, 0, 0, 18, 0})));
    CHECK(accepted(submit_bytes(0, 0, 0, {0xc0, 5, 0, 0, 0, 0, 0, 0})));
}

TEST_CASE("usbip protocol: unlink names its victim") {
    std::string error;
    CommandBytes bytes{};
    bytes[3] = 2;
    bytes[7] = 9;
    bytes[11] = 3;
    bytes[23] = 8;
    const auto parsed = parse_command(bytes, error);
    REQUIRE(parsed.has_value());
    const auto& unlink = std::get<Unlink>(*parsed);
    CHECK(unlink.sequence == 9);
    CHECK(unlink.device_id == 3);
    CHECK(unlink.victim == 8);
    bytes[3] = 5;
    CHECK_FALSE(parse_command(bytes, error).has_value());
}

TEST_CASE("usbip protocol: whatever arrives is either in bounds or refused") {
    std::mt19937 random(1);  // NOLINT(cert-msc*): the same bytes each time
    std::string error;
    for (int round = 0; round < 20000; ++round) {
        CommandBytes bytes{};
        // Few bits set, so that many get past the first check.
        for (int i = 0; i < 6; ++i) {
            bytes.at(random() % bytes.size()) = static_cast<std::uint8_t>(random());
        }
        bytes[3] = static_cast<std::uint8_t>(1 + random() % 2);
        bytes[0] = bytes[1] = bytes[2] = 0;
        const auto parsed = parse_command(bytes, error);
        if (!parsed || !std::holds_alternative<Submit>(*parsed)) {
            continue;
        }
        const auto& submit = std::get<Submit>(*parsed);
        CHECK(submit.length <= longest_transfer);
        CHECK(submit.endpoint <= 15);
        CHECK((submit.endpoint != 0 || submit.setup.length <= submit.length));
    }
}

TEST_CASE("usbip protocol: replies have the layout of the kernel's documentation") {
    const DeviceInfo device{.bus_id = "1-2",
                            .bus = 1,
                            .device = 2,
                            .high_speed = true,
                            .vendor = 0x0403,
                            .product = 0x6014,
                            .bcd_device = 0x0900,
                            .interfaces = 2};
    CHECK(device.device_id() == 0x00010002);
    const auto list = list_reply(std::array{device});
    REQUIRE(list.size() == 8 + 4 + 312 + 2 * 4);
    CHECK(list[3] == 0x05);
    CHECK(list[11] == 1);
    CHECK(std::string_view(reinterpret_cast<const char*>(&list[12 + 256])) == "1-2");
    const std::size_t numbers = 12 + 256 + 32;
    CHECK(list[numbers + 3] == 1);
    CHECK(list[numbers + 7] == 2);
    CHECK(list[numbers + 11] == 3);
    CHECK(list[numbers + 12] == 0x04);
    CHECK(list[numbers + 13] == 0x03);
    CHECK(list[numbers + 16] == 0x09);
    CHECK(list[numbers + 23] == 2);
    CHECK(list[12 + 312] == 0xff);

    CHECK(import_reply(Status::ok, device).size() == 8 + 312);
    const auto busy = import_reply(Status::busy, device);
    REQUIRE(busy.size() == 8);
    CHECK(busy[7] == 2);

    const auto submit = submit_reply(7, -32, 5);
    CHECK(submit[3] == 3);
    CHECK(submit[7] == 7);
    CHECK(submit[23] == 0xe0);
    CHECK(submit[20] == 0xff);
    CHECK(submit[27] == 5);
    const auto unlink = unlink_reply(8, -104);
    CHECK(unlink[3] == 4);
    CHECK(unlink[23] == 0x98);
}
