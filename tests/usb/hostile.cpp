// SPDX-License-Identifier: MIT
// Boards that are not what they should be: they are refused or made harmless, the others are
// served, and nothing is left open.
#include "usb/fixture.h"

#include <doctest/doctest.h>

#include <cerrno>
#include <string>
#include <string_view>
#include <vector>

namespace gpiofs::tests {
namespace {

using Bytes = std::vector<std::uint8_t>;

/// The configuration of an FT2232H with its interfaces in this order; USB 2.0 section 9.6.
Bytes interfaces_in_order(const std::vector<std::uint8_t>& numbers) {
    Bytes bytes{9, 2, 0, 0, static_cast<std::uint8_t>(numbers.size()), 1, 0, 0x80, 45};
    for (const std::uint8_t number : numbers) {
        const auto in = static_cast<std::uint8_t>(0x81 + 2 * number);
        const auto out = static_cast<std::uint8_t>(0x02 + 2 * number);
        const Bytes interface {
            9, 4, number, 0, 2, 0xff, 0xff, 0xff, 0,  //
                7, 5, in, 2, 0, 2, 0,                 //
                7, 5, out, 2, 0, 2, 0
        };
        bytes.insert(bytes.end(), interface.begin(), interface.end());
    }
    bytes[2] = static_cast<std::uint8_t>(bytes.size());
    return bytes;
}

/// As text that any terminal, log and shell takes in one line.
bool is_harmless(std::string_view text) {
    return text.find_first_of("\n\r\t\x1b\x7f\xff") == std::string_view::npos &&
           text.find("\u202e") == std::string_view::npos;
}

/// Whether the board can be opened, and its chip be spoken to.
bool works(transport::Board& board, unsigned number = 0) {
    const auto transport = board.open(number, {transport::Detach::any, in(patience)});
    return !transport->control_out(set_bit_mode, mpsse_mode, in(patience));
}

TEST_CASE("interfaces are found by their number, not by their place") {
    Fixture fixture({.driver = "", .configuration = interfaces_in_order({1, 0})});
    CHECK(works(*fixture.board, 0));
    const auto requests = fixture.fake.usbfs().requests();
    REQUIRE_FALSE(requests.empty());
    CHECK(requests.back().index == 1);  // of interface A, as FTDI counts
}

TEST_CASE("a board without its first interface, or without any, is refused") {
    for (const auto& numbers : {std::vector<std::uint8_t>{1}, std::vector<std::uint8_t>{}}) {
        Fixture fixture({.driver = "", .configuration = interfaces_in_order(numbers)});
        CHECK(fixture.board->info().interfaces == numbers.size());
        const Failure failure = failure_of([&] { fixture.open(); });
        CHECK(failure.error == ENXIO);
        CHECK(failure.text.starts_with("1-1 (0403:6010) interface A"));
        CHECK(fixture.fake.usbfs().files() == 0);
    }
}

TEST_CASE("descriptors that make no sense hide their board at most, and never another") {
    const Bytes whole = interfaces_in_order({0, 1});
    std::vector<Bytes> senseless;
    for (const std::size_t at : {std::size_t{0}, std::size_t{2}, std::size_t{9}, std::size_t{18}}) {
        for (const int value : {0, 1, 255}) {  // lengths, of all and of parts
            senseless.push_back(whole);
            senseless.back()[at] = static_cast<std::uint8_t>(value);
        }
    }
    for (const std::size_t size : {std::size_t{10}, std::size_t{17}, std::size_t{30}}) {
        senseless.emplace_back(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    }
    for (std::size_t number = 0; number < senseless.size(); ++number) {
        CAPTURE(number);
        Testbed testbed;
        FakeBoard odd(testbed, {.port = "1-1", .driver = "", .configuration = senseless[number]});
        FakeBoard good(testbed, {.port = "1-2", .driver = ""});
        usb::UsbBoardSource source(any_id);
        const auto boards = source.boards();
        REQUIRE_FALSE(boards.empty());
        REQUIRE(boards.back()->info().path == "1-2");
        CHECK(works(*boards.back()));
        if (boards.size() > 1) {
            failure_of([&] { works(*boards.front()); });
        }
        CHECK(eventually([&] { return odd.usbfs().files() == 0; }));
        CHECK(eventually([&] { return good.usbfs().files() == 0; }));
    }
}

TEST_CASE("any serial is one harmless line, and its board works") {
    const std::vector<std::string> serials = {"../../etc/passwd",
                                              "a/b",
                                              "..",
                                              "1-2",
                                              "two\nlines",
                                              "\x1b[2J\x1b[H",
                                              "\xff\xfe\xc0\x80",
                                              "\u202e21TF",
                                              "tab\tand\rreturn\x7f",
                                              std::string(126, 'x'),
                                              std::string(126, '\x01'),
                                              std::string(250, '\xff')};
    Testbed testbed;
    for (const std::string& serial : serials) {
        CAPTURE(serial);
        FakeBoard fake(testbed, {.chip = "FT232H", .serial = serial, .driver = ""});
        usb::UsbBoardSource source(any_id);
        const auto boards = source.boards();
        REQUIRE(boards.size() == 1);
        const auto& told = boards.front()->info().serial;
        REQUIRE(told.has_value());
        CHECK(is_harmless(*told));
        CHECK(told->size() <= 4 * serial.size());
        CHECK(works(*boards.front()));
        fake.unplug();
    }
}

TEST_CASE("a board that was exchanged after it was listed is not opened in place of the other") {
    Testbed testbed;
    FakeBoard first(testbed, {.serial = "FIRST", .driver = ""});
    usb::UsbBoardSource source(any_id);
    const auto listed = source.boards().at(0);
    REQUIRE(listed->info().serial == "FIRST");
    first.unplug();
    FakeBoard second(testbed, {.chip = "FT232H", .serial = "SECOND", .driver = ""});
    CHECK(failure_of([&] { works(*listed); }).error == ENODEV);
    CHECK(second.usbfs().files() == 0);
    CHECK(second.usbfs().requests().empty());
}

TEST_CASE("a board that was exchanged while it was open is gone for who has it") {
    Testbed testbed;
    FakeBoard first(testbed, {.serial = "FIRST", .driver = ""});
    usb::UsbBoardSource source(any_id);
    const auto transport = source.boards().at(0)->open(0, {transport::Detach::any, in(patience)});
    first.unplug();
    FakeBoard second(testbed, {.serial = "SECOND", .driver = ""});
    CHECK(transport->control_out(set_bit_mode, mpsse_mode, in(patience)).value() == ENODEV);
    CHECK(second.usbfs().requests().empty());
}

}  // namespace
}  // namespace gpiofs::tests
