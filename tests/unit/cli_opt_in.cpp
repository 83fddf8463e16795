// SPDX-License-Identifier: MIT
#include "cli/opt_in.h"
#include "unit/cli_boards.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

using namespace gpiofs;
using namespace gpiofs::cli_tests;

namespace {

cli::MountsItself none(const transport::BoardInfo&) { return cli::MountsItself::no; }

std::vector<std::string> lines(std::vector<transport::BoardInfo> infos,
                               const cli::AskUdev& ask_udev = none) {
    std::vector<std::shared_ptr<transport::Board>> boards;
    for (auto& info : infos) {
        boards.push_back(std::make_shared<FakeBoard>(std::move(info)));
    }
    std::istringstream text(cli::format_opt_in(boards, ask_udev));
    std::vector<std::string> lines;
    for (std::string line; std::getline(text, line);) {
        lines.push_back(line);
    }
    return lines;
}

/// The match in the rule for the first board.
std::string match_of(std::vector<transport::BoardInfo> infos) {
    const auto text = lines(std::move(infos));
    const auto rule = std::find_if(text.begin(), text.end(), [](const std::string& line) {
        return line.starts_with("printf '%s\\n' ");
    });
    REQUIRE(rule != text.end());
    const std::string before = R"(ATTR{idProduct}=="6014", )";
    const auto start = rule->find(before);
    const auto end = rule->find(R"(, ENV{MPSSE_GPIOFS_MOUNT}="1"' >>)");
    REQUIRE(start != std::string::npos);
    REQUIRE(end != std::string::npos);
    return rule->substr(start + before.size(), end - start - before.size());
}

std::string match_of(const std::string& serial) { return match_of({ft232h("1-1", serial)}); }

}  // namespace

TEST_CASE("a board is opted in by its identity or by its serial, with lines to paste") {
    const auto text = lines({ft2232h("1-1.2", "FT99")});
    REQUIRE(text.size() == 7);
    CHECK(text[0].starts_with("# "));
    CHECK(text[1] == "# any 0403:6010");
    CHECK(text[2] == R"(printf 'usb:v0403p6010*\n MPSSE_GPIOFS_MOUNT=1\n\n' )"
                     ">>/etc/udev/hwdb.d/80-mpsse-gpiofs.hwdb");
    CHECK(text[3] == "# 1-1.2, serial FT99");
    CHECK(text[4] == R"(printf '%s\n' 'SUBSYSTEM=="usb", ATTR{idVendor}=="0403", )"
                     R"(ATTR{idProduct}=="6010", ATTR{serial}=="FT99", )"
                     R"(ENV{MPSSE_GPIOFS_MOUNT}="1"' >>/etc/udev/rules.d/60-mpsse-gpiofs.rules)");
    CHECK(text[5] == "# and then:");
    CHECK(text[6].starts_with("systemd-hwdb update && udevadm control --reload && "));
}

TEST_CASE("an identity is there once, however many boards have it") {
    const auto text = lines({ft232h("1-1", "A"), ft232h("1-2", "B"), ft2232h("1-3", "C")});
    CHECK(std::count(text.begin(), text.end(), "# any 0403:6014") == 1);
    CHECK(std::count(text.begin(), text.end(), "# any 0403:6010") == 1);
    CHECK(std::count(text.begin(), text.end(), "# 1-2, serial B") == 1);
}

TEST_CASE("no lines for boards that mount themselves, have no MPSSE, are virtual or no boards") {
    CHECK(lines({ft2232h("1-1", "A")}, [](const auto&) { return cli::MountsItself::yes; }).empty());
    CHECK(lines({ft232r("1-1", "R")}).empty());
    CHECK(lines({info("1-1", 0x04036014, 0x0999, 1, "chip of tomorrow")}).empty());
    CHECK(lines({virtual_board(0)}).empty());
    CHECK(lines({info("1-1", 0x046dc52b, 0x0900, 1, "mouse")}).empty());
    CHECK(lines({}).empty());
    const auto second = [](const transport::BoardInfo& info) {
        return info.path == "1-1" ? cli::MountsItself::yes : cli::MountsItself::unknown_yet;
    };
    const auto text = lines({ft232h("1-1", "A"), ft232h("1-2", "B")}, second);
    CHECK(std::count(text.begin(), text.end(), "# 1-1, serial A") == 0);
    CHECK(std::count(text.begin(), text.end(), "# 1-2, serial B") == 1);
}

TEST_CASE("a serial matches itself alone") {
    CHECK(match_of("FT-9/1 a,b$%#") == R"(ATTR{serial}=="FT-9/1 a,b$%#")");
    CHECK(match_of("a*b?c[d]") == R"(ATTR{serial}=="a[*]b[?]c[[]d]")");
    CHECK(match_of("say \"x\"") == R"(ATTR{serial}=="say \"x\"")");
    CHECK(match_of(R"(a\b\)") == R"(ATTR{serial}=="a[\\]b[\\]")");
    CHECK(match_of("it's") == R"(ATTR{serial}=="it'\''s")");
}

TEST_CASE("a board is matched by its place where its serial does not do") {
    const std::string place = R"(KERNEL=="1-1")";
    CHECK(match_of({ft232h("1-1")}) == place);
    CHECK(match_of("") == place);
    CHECK(match_of("a|b") == place);
    CHECK(match_of("a\nb") == place);
    CHECK(match_of("a\\x0ab") == place);
    CHECK(match_of({ft232h("1-1", "S"), ft2232h("1-2", "S")}) == place);
}
