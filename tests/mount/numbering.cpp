// SPDX-License-Identifier: MIT
#include "support/mount.h"
#include "support/skip.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace gpiofs::test;

namespace {

/// The folders of the chips, in order of their names.
std::vector<std::string> chips(const Mount& mount) {
    auto names = list(mount.path());
    std::erase_if(names, [](const auto& name) { return name.rfind("gpiochip", 0) != 0; });
    return names;
}

/// What the program says when it refuses to start with these boards.
std::string refusal(const std::vector<std::string>& boards) {
    const TemporaryFolder folder;
    std::vector<std::string> command{GPIOFS_PROGRAM, "-f"};
    for (const auto& board : boards) {
        command.insert(command.end(), {"--board", board});
    }
    command.push_back(folder.path().string());
    const auto result = run(command);
    CHECK(result.status == 1);
    return result.err;
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

/// The line is this pin of virtual board `bench`: what the world puts there is its value.
void check_is_pin(const Mount& mount, unsigned number, unsigned bench, const std::string& pin) {
    const auto line = mount.export_line(number);
    for (const char* level : {"0", "1"}) {
        CAPTURE(number);
        const auto drive = mount / fmt::format("sim/{}/{}/drive", bench, pin);
        REQUIRE(write_text(drive, level) == "ok");
        CHECK(read_text(line / "value") == fmt::format("{}\n", level));
    }
    REQUIRE(write_text(mount / "unexport", std::to_string(number)) == "ok");
}

}  // namespace

TEST_CASE("base= for programs that take small numbers only: both ends work, their neighbours not") {
    NEEDS_MOUNT();
    // From 0; the Raspberry Pi's header ends at 53, avrdude's numbers at 400, OpenOCD's at 9999;
    // and the last that the kernel could have.
    for (const unsigned base : {0U, 38U, 385U, 9984U, 2147483616U}) {
        CAPTURE(base);
        Mount mount({"--simulate", "FT232H", "-o", fmt::format("base={}", base)});
        CHECK(chips(mount) == std::vector{fmt::format("gpiochip{}", base)});
        CHECK(read_text(mount / fmt::format("gpiochip{}/base", base)) == fmt::format("{}\n", base));
        check_is_pin(mount, base, 0, "adbus0");
        check_is_pin(mount, base + 15, 0, "acbus7");
        CHECK(write_text(mount / "export", std::to_string(base - 1)) == "EINVAL");
        CHECK(write_text(mount / "export", std::to_string(base + 16)) == "EINVAL");
        CHECK(mount.stop() == 0);
    }
}

TEST_CASE("base= of each board: the lines are the board's own, whatever the order") {
    NEEDS_MOUNT();
    Mount mount({"--board", "sim:FT232H,base=300", "--board", "sim:FT4232H,interface=AB,base=100"});
    CHECK(chips(mount) == std::vector<std::string>{"gpiochip100", "gpiochip108", "gpiochip300"});
    check_is_pin(mount, 300, 0, "adbus0");
    check_is_pin(mount, 101, 1, "adbus1");
    check_is_pin(mount, 115, 1, "bdbus7");
    CHECK(mount.stop() == 0);
}

TEST_CASE("base= that overlaps another board's numbers is refused, and the text says whose") {
    NEEDS_MOUNT();
    CHECK(contains(refusal({"sim:FT232H,base=100", "sim:FT232H,base=115"}),
                   "mpsse-gpiofs: 0403:6014 serial SIM1 interface 0: base=115: lines 100 to 115 "
                   "belong to 0403:6014 serial SIM0 interface 0, choose another base: Device or "
                   "resource busy\n"));
    CHECK(contains(refusal({"sim:FT232H,base=131", "sim:FT2232H,interface=AB,base=100"}),
                   "0403:6010 serial SIM1 interface 1: base=116: lines 131 to 146 belong to "));
    CHECK(contains(refusal({"sim:FT232H,base=0", "sim:FT232H,base=0"}), "base=0: lines 0 to 15"));
}

TEST_CASE("base= amid the automatic numbers is honoured also if the board comes last") {
    NEEDS_MOUNT();
    const std::vector<std::string> expected{"gpiochip520", "gpiochip552"};
    Mount last({"--board", "sim:FT232H", "--board", "sim:FT232H,base=520"});
    CHECK(chips(last) == expected);
    check_is_pin(last, 520, 1, "adbus0");
    check_is_pin(last, 552, 0, "adbus0");
    Mount first({"--board", "sim:FT232H,base=520", "--board", "sim:FT232H"});
    CHECK(chips(first) == std::vector<std::string>{"gpiochip520", "gpiochip536"});
    CHECK(last.stop() == 0);
    CHECK(first.stop() == 0);
}

TEST_CASE("numbers stay with their boards, in whatever order these come back") {
    NEEDS_MOUNT();
    Mount mount({"--board", "sim:FT232H,serial=A", "--board", "sim:FT232H,serial=B,base=40",
                 "--board", "sim:FT232H,serial=C"});
    const std::vector<std::string> expected{"gpiochip40", "gpiochip512", "gpiochip528"};
    REQUIRE(chips(mount) == expected);
    const auto plug = [&](unsigned board, const char* plugged) {
        CHECK(write_text(mount / fmt::format("sim/{}/plugged", board), plugged) == "ok");
    };
    for (const auto& order : {std::vector{2U, 1U, 0U}, {1U, 2U, 0U}, {0U, 1U, 2U}}) {
        for (const unsigned board : {0U, 1U, 2U}) {
            plug(board, "0");
        }
        CHECK(chips(mount).empty());
        for (const unsigned board : order) {
            plug(board, "1");
        }
        REQUIRE(chips(mount) == expected);
        check_is_pin(mount, 512, 0, "adbus0");
        check_is_pin(mount, 40, 1, "adbus0");
        check_is_pin(mount, 528, 2, "adbus0");
    }
    CHECK(mount.stop() == 0);
}
