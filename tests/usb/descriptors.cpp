// SPDX-License-Identifier: MIT
#include "usb/fixture.h"

#include <doctest/doctest.h>

#include <cerrno>
#include <vector>

namespace gpiofs::tests {
namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes endpoint(std::uint8_t address, std::uint8_t attributes, std::uint16_t packet_size) {
    return {7,
            5,
            address,
            attributes,
            static_cast<std::uint8_t>(packet_size & 0xffU),
            static_cast<std::uint8_t>(packet_size >> 8U),
            0};
}

constexpr std::uint8_t vendor_class = 0xff;
constexpr std::uint8_t human_interface_class = 3;

/// A configuration of one interface; USB 2.0 section 9.6.
Bytes configuration(const std::vector<Bytes>& endpoints,
                    std::uint8_t interface_class = vendor_class) {
    const auto count = static_cast<std::uint8_t>(endpoints.size());
    Bytes bytes{9, 2, 0, 0, 1, 1, 0, 0x80, 45, 9, 4, 0, 0, count, interface_class, 0xff, 0xff, 0};
    for (const Bytes& one : endpoints) {
        bytes.insert(bytes.end(), one.begin(), one.end());
    }
    bytes[2] = static_cast<std::uint8_t>(bytes.size());
    return bytes;
}

constexpr std::uint8_t bulk = 2;
constexpr std::uint8_t interrupt = 3;

int error_of_opening(const Bytes& descriptor) {
    Fixture fixture({.driver = "", .configuration = descriptor});
    const Failure failure = failure_of([&] { fixture.open(); });
    CHECK(failure.text.starts_with("1-1 (0403:6010) interface A"));
    CHECK(fixture.fake.usbfs().files() == 0);
    return failure.error;
}

TEST_CASE("packet sizes come from the descriptor") {
    const std::pair<std::uint16_t, std::size_t> sizes[] = {{512, 512}, {64, 64}, {0, 64}};
    for (const auto& [written, expected] : sizes) {
        Fixture fixture({.driver = "",
                         .configuration = configuration(
                             {endpoint(0x81, bulk, written), endpoint(0x02, bulk, written)})});
        CHECK(fixture.open()->packet_size() == expected);
    }
}

TEST_CASE("a full-speed chip has packets of 64 bytes") {
    Fixture fixture({.chip = "FT2232D"});
    CHECK(fixture.open()->packet_size() == 64);
}

TEST_CASE("what cannot be an FTDI chip is refused") {
    const Bytes in_512 = endpoint(0x81, bulk, 512);
    const Bytes out_512 = endpoint(0x02, bulk, 512);
    CHECK(error_of_opening(configuration({})) == EPROTO);
    CHECK(error_of_opening(configuration({in_512})) == EPROTO);
    CHECK(error_of_opening(configuration({in_512, endpoint(0x83, bulk, 512)})) == EPROTO);
    CHECK(error_of_opening(configuration({in_512, endpoint(0x02, interrupt, 64)})) == EPROTO);
    CHECK(error_of_opening(configuration({in_512, out_512, endpoint(0x83, bulk, 512)})) == EPROTO);
    CHECK(error_of_opening(configuration({endpoint(0x81, bulk, 1024), out_512})) == EPROTO);
    CHECK(error_of_opening(configuration({endpoint(0x81, bulk, 3), out_512})) == EPROTO);
    CHECK(error_of_opening(configuration({endpoint(0x81, bulk, 0xffff), out_512})) == EPROTO);
    CHECK(error_of_opening(configuration({endpoint(0x80, bulk, 64), out_512})) == EPROTO);
    CHECK(error_of_opening(configuration({endpoint(0xf1, bulk, 64), out_512})) == EPROTO);
    CHECK(error_of_opening(configuration(std::vector<Bytes>(30, in_512))) == EPROTO);
}

TEST_CASE("a mouse with an FTDI identity is refused, and stays with its driver") {
    Fixture mouse(
        {.driver = "usbhid",
         .configuration = configuration({endpoint(0x81, interrupt, 4)}, human_interface_class)});
    const Failure failure = failure_of([&] { mouse.open(); });
    CHECK(failure.error == EPROTO);
    CHECK(failure.text.starts_with(
        "1-1 (0403:6010) interface A is not one of an FTDI chip, which has one bulk endpoint each "
        "way and no other: choose another board"));
    CHECK(mouse.board->holder(0) == "usbhid");
    CHECK(mouse.fake.usbfs().requests().empty());
    CHECK(error_of_opening(configuration({endpoint(0x81, bulk, 64), endpoint(0x02, bulk, 64)},
                                         human_interface_class)) == EPROTO);
}

TEST_CASE("an interface that is not there is refused") {
    Fixture fixture({.chip = "FT232H"});
    CHECK(failure_of([&] { fixture.open(1); }).error == ENXIO);
    CHECK(fixture.fake.usbfs().files() == 0);
}

}  // namespace
}  // namespace gpiofs::tests
