// SPDX-License-Identifier: MIT
#include "cli/board_match.h"
#include "unit/cli_boards.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using namespace gpiofs;
using namespace gpiofs::cli_tests;
using transport::BoardInfo;
using Interfaces = std::vector<unsigned>;

namespace {

std::vector<spec::BoardSpec> words(const std::vector<std::string>& texts) {
    std::vector<spec::BoardSpec> parsed;
    for (const auto& text : texts) {
        std::string error;
        auto word = spec::parse_board(text, error);
        REQUIRE_MESSAGE(word.has_value(), error);
        parsed.push_back(std::move(*word));
    }
    return parsed;
}

/// What udev says, by the board's serial.
cli::MountsItself fake_udev(const BoardInfo& info) {
    if (info.serial == "LATE") {
        return cli::MountsItself::unknown_yet;
    }
    return info.serial == "OPTED-IN" ? cli::MountsItself::yes : cli::MountsItself::no;
}

std::vector<cli::Choice> chosen(const std::vector<std::string>& texts,
                                const std::vector<BoardInfo>& present, bool may_be_absent = false) {
    cli::ChoiceError error;
    auto choices = cli::choose_boards(words(texts), present, may_be_absent, fake_udev, error);
    REQUIRE_MESSAGE(choices.has_value(), error.text);
    return *choices;
}

cli::ChoiceError refusal(const std::vector<std::string>& texts,
                         const std::vector<BoardInfo>& present) {
    cli::ChoiceError error;
    CHECK_FALSE(cli::choose_boards(words(texts), present, false, fake_udev, error).has_value());
    CHECK_FALSE(error.text.empty());
    CHECK(error.text.find('\n') == std::string::npos);
    return error;
}

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("without a word the only general-purpose board is taken") {
    const auto choices = chosen({}, {ft232r("1-1"), ft2232h("1-2")});
    REQUIRE(choices.size() == 1);
    CHECK(choices[0].board == 1);
    CHECK(choices[0].chip->name == "FT2232H");
    CHECK(choices[0].interfaces == Interfaces{0});
}

TEST_CASE("without a word all GPIO-only boards are taken, with all interfaces") {
    const auto choices = chosen({}, {sealevel("1-1"), ft232h("1-2"), sealevel("1-3")});
    REQUIRE(choices.size() == 3);
    CHECK(choices[0].interfaces == Interfaces{0, 1});
    CHECK(choices[1].interfaces == Interfaces{0});
    CHECK(choices[2].interfaces == Interfaces{0, 1});
}

TEST_CASE("without a word two general-purpose boards are ambiguous") {
    CHECK(refusal({}, {ft232h("1-1"), ft2232h("1-2")}).ambiguous);
    CHECK(refusal({}, {sealevel("1-1"), ft232h("1-2"), ft232h("1-3")}).ambiguous);
}

TEST_CASE("without a word nothing unknown and nothing without MPSSE is taken") {
    const std::vector<BoardInfo> present = {ft232r("1-1"), info("1-2", 0x12345678, 0x0900, 1),
                                            info("1-3", 0x04036014, 0x0999, 1)};
    const auto error = refusal({}, present);
    CHECK_FALSE(error.ambiguous);
    CHECK(contains(error.text, "-o wait"));
    CHECK(chosen({}, present, true).empty());
}

TEST_CASE("all takes every usable board that no other word took") {
    const std::vector<BoardInfo> present = {ft232h("1-1"), ft232r("1-2"), sealevel("1-3"),
                                            ft4232h("1-4"), info("1-5", 0x12345678, 0x0900, 1)};
    const auto choices = chosen({"path:1-4,interface=B", "all"}, present);
    REQUIRE(choices.size() == 3);
    CHECK(choices[0].board == 3);
    CHECK(choices[0].word == 0);
    CHECK(choices[0].interfaces == Interfaces{1});
    CHECK(choices[1].board == 0);
    CHECK(choices[1].word == 1);
    CHECK(choices[2].board == 2);
}

TEST_CASE("boards are chosen by identity, serial and path") {
    const std::vector<BoardInfo> present = {ft232h("1-1", "A"), ft232h("1-2", "B"),
                                            ft2232h("2-1", "B")};
    CHECK(chosen({"0403:6010"}, present).at(0).board == 2);
    CHECK(chosen({"serial:A"}, present).at(0).board == 0);
    CHECK(chosen({"path:1-2"}, present).at(0).board == 1);
    CHECK(chosen({"0403:6014,serial=B"}, present).at(0).board == 1);
    CHECK(chosen({"serial:B,path=2-1"}, present).at(0).board == 2);
    CHECK(refusal({"serial:B"}, present).ambiguous);
    CHECK(refusal({"0403:6014"}, present).ambiguous);
    CHECK(contains(refusal({"serial:C"}, present).text, "serial:C"));
    CHECK(contains(refusal({"0403:6014,serial=C"}, present).text, "0403:6014,serial=C"));
}

TEST_CASE("a board is opened once") {
    CHECK(contains(refusal({"path:1-1", "serial:A"}, {ft232h("1-1", "A")}).text, "twice"));
}

TEST_CASE("an identity outside the table must be named") {
    const std::vector<BoardInfo> present = {info("1-1", 0x12345678, 0x0900, 1, "S")};
    CHECK(chosen({"1234:5678"}, present).at(0).chip->name == "FT232H");
    CHECK(chosen({"path:/sys/devices/usb1/1-1"}, present).at(0).chip->name == "FT232H");
    CHECK(contains(refusal({"path:1-1"}, present).text, "use 1234:5678"));
    CHECK(contains(refusal({"serial:S"}, present).text, "use 1234:5678"));
    // Also for a program that would wait: no board can come where one is.
    for (const auto* word : {"path:1-1", "serial:S"}) {
        cli::ChoiceError error;
        CHECK_FALSE(cli::choose_boards(words({word}), present, true, fake_udev, error).has_value());
        CHECK(contains(error.text, "use 1234:5678"));
    }
}

TEST_CASE("boards of every vendor are looked at where a word may mean them") {
    const auto looks = [](const std::string& text) {
        return cli::may_mean(words({text}).front(), 0x1234, 0x5678);
    };
    for (const auto* word : {"path:1-1", "serial:S", "1234:5678", "opted-in"}) {
        CHECK(looks(word));
    }
    for (const auto* word : {"1234:5679", "all", "sim:FT232H"}) {
        CHECK_FALSE(looks(word));
    }
}

TEST_CASE("a serial that something else has too still means the FTDI board") {
    const std::vector<BoardInfo> present = {info("1-1", 0x046dc52b, 0x1200, 3, "0001"),
                                            ft232h("1-2", "0001")};
    CHECK(chosen({"serial:0001"}, present).at(0).board == 1);
}

TEST_CASE("a board with another number of interfaces than its chip has is refused") {
    CHECK(contains(refusal({"0403:6010"}, {info("1-1", 0x04036010, 0x0500, 1)}).text,
                   "has 1 USB interface, an FT2232D has 2"));
    CHECK(contains(refusal({"path:1-1"}, {info("1-1", 0x04036014, 0x0900, 3)}).text,
                   "has 3 USB interfaces, an FT232H has 1"));
    CHECK(contains(refusal({}, {info("1-1", 0x04036011, 0x0800, 0)}).text, "choose another board"));
}

TEST_CASE("chips that cannot serve are refused by name") {
    CHECK(contains(refusal({"path:1-1"}, {ft232r("1-1")}).text, "FT232R"));
    CHECK(contains(refusal({"0403:6014"}, {info("1-1", 0x04036014, 0x0999, 1)}).text, "0999"));
    CHECK(contains(refusal({"0403:6010,interface=B"}, {info("1-1", 0x04036010, 0x0500, 2)}).text,
                   "FT2232D"));
    CHECK(contains(refusal({"path:1-1,interface=B"}, {ft232h("1-1")}).text, "use A"));
}

TEST_CASE("virtual boards are matched by their order and by nothing else") {
    const std::vector<BoardInfo> present = {ft232h("1-1"), virtual_board(0), virtual_board(1)};
    const auto choices = chosen({"sim:FT2232H", "path:1-1", "sim:FT2232H,interface=AB"}, present);
    REQUIRE(choices.size() == 3);
    CHECK(choices[0].board == 1);
    CHECK(choices[1].board == 0);
    CHECK(choices[2].board == 2);
    CHECK(choices[2].interfaces == Interfaces{0, 1});
    CHECK(chosen({"all"}, present).size() == 1);
    CHECK(chosen({}, present).size() == 1);
    CHECK(contains(refusal({"serial:SIM0"}, present).text, "serial:SIM0"));
}

TEST_CASE("arrivals without a word") {
    std::string error;
    const std::vector<std::size_t> nobody;
    const std::vector<std::size_t> somebody = {0};
    CHECK(cli::choose_arrival({}, ft232h("1-1"), nobody, fake_udev, error).has_value());
    CHECK_FALSE(cli::choose_arrival({}, ft232h("1-1"), somebody, fake_udev, error).has_value());
    CHECK(cli::choose_arrival({}, sealevel("1-1"), somebody, fake_udev, error).has_value());
    CHECK_FALSE(cli::choose_arrival({}, ft232r("1-1"), nobody, fake_udev, error).has_value());
    CHECK(error.empty());
}

TEST_CASE("an arrival serves the first word that means it and has no board") {
    const auto asked = words({"serial:S", "0403:6014"});
    std::string error;
    const std::vector<std::size_t> nobody;
    const std::vector<std::size_t> first = {0};
    const std::vector<std::size_t> both = {0, 1};
    CHECK(cli::choose_arrival(asked, ft232h("1-1", "S"), nobody, fake_udev, error)->word == 0);
    CHECK(cli::choose_arrival(asked, ft232h("1-1", "S"), first, fake_udev, error)->word == 1);
    CHECK_FALSE(cli::choose_arrival(asked, ft232h("1-1", "S"), both, fake_udev, error).has_value());
    CHECK(error.empty());
    const auto all = words({"all"});
    CHECK(cli::choose_arrival(all, ft232h("1-1"), first, fake_udev, error).has_value());
}

TEST_CASE("an arrival that is meant but cannot serve says why") {
    std::string error;
    const std::vector<std::size_t> nobody;
    CHECK_FALSE(
        cli::choose_arrival(words({"serial:S"}), ft232r("1-1", "S"), nobody, fake_udev, error));
    CHECK(contains(error, "FT232R"));
    CHECK_FALSE(
        cli::choose_arrival(words({"serial:T"}), ft232r("1-1", "S"), nobody, fake_udev, error));
    CHECK(error.empty());
}

TEST_CASE("opted-in takes every board that udev mounts, and no other") {
    const std::vector<BoardInfo> present = {
        ft232h("1-1", "OPTED-IN"), ft2232h("1-2", "NO"), ft232r("1-3", "OPTED-IN"),  // has no MPSSE
        info("1-4", 0x12345678, 0x0900, 1, "OPTED-IN"), ft232h("1-5", "LATE")};
    const auto choices = chosen({"opted-in"}, present);
    REQUIRE(choices.size() == 2);
    CHECK(choices[0].board == 0);
    CHECK(choices[1].board == 3);
    CHECK(chosen({"opted-in,path=1-4"}, present).size() == 1);
    CHECK(chosen({"path:1-1", "opted-in"}, present).size() == 2);
    CHECK(chosen({"opted-in"}, {ft232h("1-1")}, true).empty());
    CHECK(contains(refusal({"opted-in"}, {ft232h("1-1")}).text, "--list"));
}

TEST_CASE("an arrival is opted in or not once udev has said so") {
    std::string error;
    const auto asked = words({"opted-in"});
    const std::vector<std::size_t> another = {0};
    CHECK(cli::choose_arrival(asked, ft232h("1-1", "OPTED-IN"), another, fake_udev, error));
    CHECK_FALSE(cli::choose_arrival(asked, ft232h("1-1", "NO"), {}, fake_udev, error));
    CHECK(error.empty());
    try {
        cli::choose_arrival(asked, ft232h("1-1", "LATE"), {}, fake_udev, error);
        FAIL("chosen before udev has said so");
    } catch (const std::system_error& late) {
        CHECK(to_errno(late.code()) == EAGAIN);
    }
    CHECK(cli::choose_arrival(words({"all"}), ft232h("1-1", "LATE"), {}, fake_udev, error));
}
