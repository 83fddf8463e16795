// SPDX-License-Identifier: MIT
#include "cli/board_list.h"
#include "unit/cli_boards.h"

#include <doctest/doctest.h>

#include <memory>
#include <sstream>
#include <string>
#include <vector>

using namespace gpiofs;
using namespace gpiofs::cli_tests;

namespace {

using Boards = std::vector<std::shared_ptr<transport::Board>>;

std::shared_ptr<transport::Board> board(transport::BoardInfo info,
                                        std::array<std::string, 4> holders = {}) {
    return std::make_shared<FakeBoard>(std::move(info), std::move(holders));
}

std::string no_sysfs(const transport::BoardInfo&) { return {}; }

/// The lines of the table with every run of spaces as one.
std::vector<std::string> rows(const Boards& boards, const cli::SysfsPath& sysfs = no_sysfs) {
    std::istringstream table(cli::format_board_list(boards, sysfs));
    std::vector<std::string> lines;
    for (std::string line; std::getline(table, line);) {
        std::istringstream words(line);
        std::string squeezed;
        for (std::string word; words >> word;) {
            squeezed += (squeezed.empty() ? "" : " ") + word;
        }
        lines.push_back(squeezed);
    }
    return lines;
}

}  // namespace

TEST_CASE("a board shows all there is to know") {
    const auto sysfs = [](const transport::BoardInfo& info) {
        return "/sys/devices/usb1/" + info.path;
    };
    const auto table = rows({board(ft2232h("1-1.2", "FT99"), {"ftdi_sio", ""})}, sysfs);
    REQUIRE(table.size() == 2);
    CHECK(table[0] == "PATH ID CHIP SERIAL INTERFACES LINES HELD BY BOARD UNIT");
    CHECK(table[1] ==
          "1-1.2 0403:6010 FT2232H FT99 AB 16 A:ftdi_sio,B:- serial:FT99 "
          "mpsse-gpiofs@sys-devices-usb1-1\\x2d1.2.service");
}

TEST_CASE("columns line up") {
    std::istringstream table(cli::format_board_list(
        Boards{board(ft232h("1-1", "A")), board(ft4232h("11-1.4.3"))}, no_sysfs));
    std::vector<std::string> lines;
    for (std::string line; std::getline(table, line);) {
        lines.push_back(line);
    }
    REQUIRE(lines.size() == 3);
    const auto column = lines[0].find("ID");
    CHECK(lines[1].find("0403:") == column);
    CHECK(lines[2].find("0403:") == column);
}

TEST_CASE("columns line up below letters of more than one byte") {
    std::istringstream table(cli::format_board_list(
        Boards{board(ft232h("1-1", "\u00c4\u20ac")), board(ft232h("1-2", "AB"))}, no_sysfs));
    std::string titles;
    std::string wide;
    std::string narrow;
    std::getline(table, titles);
    std::getline(table, wide);
    std::getline(table, narrow);
    constexpr std::size_t extra_bytes = 3;
    CHECK(wide.find("path:") == std::string::npos);
    CHECK(wide.find("A:") == narrow.find("A:") + extra_bytes);
    CHECK(narrow.find("A:") == titles.find("HELD BY"));
}

TEST_CASE("the selector is the serial only if that is enough") {
    const auto table =
        rows({board(ft232h("1-1", "A")), board(ft232h("1-2", "B")), board(ft2232h("1-3", "B")),
              board(ft232h("1-4")), board(ft232h("1-5", "C,D")), board(ft232h("1-6", "it's 1"))});
    REQUIRE(table.size() == 7);
    CHECK(table[1] == "1-1 0403:6014 FT232H A A 16 A:- serial:A -");
    CHECK(table[2] == "1-2 0403:6014 FT232H B A 16 A:- path:1-2 -");
    CHECK(table[3] == "1-3 0403:6010 FT2232H B AB 16 A:-,B:- path:1-3 -");
    CHECK(table[4] == "1-4 0403:6014 FT232H - A 16 A:- path:1-4 -");
    CHECK(table[5] == "1-5 0403:6014 FT232H C,D A 16 A:- path:1-5 -");
    CHECK(table[6] == "1-6 0403:6014 FT232H it's 1 A 16 A:- 'serial:it'\\''s 1' -");
}

TEST_CASE("chips that cannot be used are shown as such") {
    const auto table = rows({board(ft232r("1-1", "R")), board(info("1-2", 0x04036014, 0x0999, 1))});
    REQUIRE(table.size() == 3);
    CHECK(table[1] == "1-1 0403:6001 FT232R R no MPSSE - - - -");
    CHECK(table[2] == "1-2 0403:6014 unknown 0999 - - - - - -");
}

TEST_CASE("what is neither FTDI's nor known is left out") {
    CHECK(rows({board(info("1-1", 0x046dc52b, 0x1200, 3))}).size() == 1);
    CHECK(rows({}).size() == 1);
}

TEST_CASE("an identity of FTDI's that is not in the table must be named") {
    const auto one = rows({board(info("1-1", 0x04031234, 0x0900, 1, "S"))});
    REQUIRE(one.size() == 2);
    CHECK(one[1] == "1-1 0403:1234 FT232H S A 16 A:- 0403:1234 -");
    const auto two = rows(
        {board(info("1-1", 0x04031234, 0x0900, 1)), board(info("1-2", 0x04031234, 0x0900, 1))});
    REQUIRE(two.size() == 3);
    CHECK(two[2] == "1-2 0403:1234 FT232H - A 16 A:- 0403:1234,path=1-2 -");
}

TEST_CASE("another vendor's board is listed if its descriptors are those of an FTDI chip") {
    auto foreign = info("1-1", 0x12345678, 0x0700, 2, "S");
    foreign.like_ftdi = true;
    const auto table = rows({board(foreign)});
    REQUIRE(table.size() == 2);
    CHECK(table[1] == "1-1 1234:5678 FT2232H S AB 16 A:-,B:- 1234:5678 -");
}

TEST_CASE("a serial cannot break the table") {
    const auto table = rows({board(ft232h("1-1", "A\nB"))});
    REQUIRE(table.size() == 2);
    CHECK(table[1] == "1-1 0403:6014 FT232H A\\x0aB A 16 A:- path:1-1 -");
}

TEST_CASE("units are named as systemd-escape --path does") {
    CHECK(cli::unit_name("/sys/devices/pci0000:00/0000:00:14.0/usb1/1-1/1-1.2") ==
          "mpsse-gpiofs@sys-devices-pci0000:00-0000:00:14.0-usb1-1\\x2d1-1\\x2d1.2.service");
    CHECK(cli::unit_name("/.a/b c\\d") == "mpsse-gpiofs@\\x2ea-b\\x20c\\x5cd.service");
}
