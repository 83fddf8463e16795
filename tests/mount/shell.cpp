// SPDX-License-Identifier: MIT
#include "support/mount.h"
#include "support/skip.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <fcntl.h>

using namespace gpiofs::test;

namespace {

/// What a user types, on the first line of the first chip; `low` and `high` are two pins that exist
/// on every chip. Prints one line per step.
std::string session(const std::string& root, unsigned base) {
    return fmt::format(R"(
cd {}
echo "adbus1 adbus2" > sim/0/wires
echo {} > export
echo {} > export
cat gpio{}/direction
echo out > gpio{}/direction
cat gpio{}/direction gpio{}/value gpio{}/value
echo 1 > gpio{}/value
cat gpio{}/value gpio{}/value
echo 1 > gpio{}/active_low
cat gpio{}/value
echo low > gpio{}/direction
cat gpio{}/value
echo high > gpio{}/direction
cat gpio{}/value
echo both > gpio{}/edge
cat gpio{}/edge
echo none > gpio{}/edge
echo in > gpio{}/direction
cat gpio{}/direction
echo {} > unexport
echo {} > unexport
test ! -e gpio{}
)",
                       root, base + 1, base + 2,  // export
                       base + 1,                  // direction
                       base + 1, base + 1, base + 1, base + 2, base + 1, base + 1, base + 2,
                       base + 2, base + 2,  // active_low
                       base + 1, base + 2, base + 1, base + 2, base + 2, base + 2, base + 2,
                       base + 1, base + 1, base + 1, base + 2, base + 1);
}

constexpr const char* session_output =
    "in\n"
    "out\n0\n0\n"
    "1\n1\n"
    "0\n"
    "1\n"
    "0\n"
    "both\n"
    "in\n";

}  // namespace

TEST_CASE("cat and echo work on every chip and both identities of GPIO-only boards") {
    NEEDS_MOUNT();
    for (const std::string chip :
         {"FT232H", "FT2232H", "FT4232H", "FT2232D", "FT2232H,id=0c52:a064"}) {
        CAPTURE(chip);
        Mount mount({"--simulate", chip});
        const auto result = shell(session(mount.path(), 512));
        CHECK(result.err == "");
        CHECK(result.out == session_output);
        CHECK(mount.stop() == 0);
    }
}

TEST_CASE("the per-chip tree exports, drives and reads by offset, on every chip") {
    NEEDS_MOUNT();
    struct Row {
        const char* chip;
        const char* head;
    };
    for (const Row& row :
         {Row{"FT232H", "16\nMPSSE0403:6014.0.0.SIM0\n"},
          Row{"FT2232H", "16\nMPSSE0403:6010.0.0.SIM0\n"},
          Row{"FT4232H", "8\nMPSSE0403:6011.0.0.SIM0\n"},
          Row{"FT2232D", "12\nMPSSE0403:6010.0.0.SIM0\n"},
          Row{"FT2232H,id=0c52:a064,serial=a b/c-d", "16\nMPSSE0c52:a064.0.0.a b/c-d\n"},
          Row{"FT232H,serial=", "16\nMPSSE0403:6014.0.0.NONE\n"}}) {
        CAPTURE(row.chip);
        Mount mount({"--simulate", row.chip});
        const auto result = shell(fmt::format(R"(
cd {}/chip0
cat ngpio label
echo 5 > export
ls gpio5
echo high > gpio5/direction
cat gpio5/direction gpio5/value
echo 0 > gpio5/value
cat gpio5/value
test -d ../gpio517
echo 5 > unexport
test ! -e gpio5
)",
                                              mount.path().string()));
        CHECK(result.err == "");
        CHECK(result.out == std::string(row.head) + "direction\nvalue\nout\n1\n0\n");
        CHECK(mount.stop() == 0);
    }
}

TEST_CASE("every interface of a GPIO-only board is a chip, only A of a general one") {
    NEEDS_MOUNT();
    Mount sealevel({"--simulate", "FT2232H,id=0c52:a064,serial=S1"});
    CHECK(list(sealevel.path()) == std::vector<std::string>{"chip0", "chip1", "export",
                                                            "gpiochip512", "gpiochip528", "sim",
                                                            "unexport"});
    CHECK(read_text(sealevel / "gpiochip528/label") == "MPSSE0c52:a064.1.1.S1\n");
    Mount general({"--simulate", "FT2232H"});
    CHECK(list(general.path()) ==
          std::vector<std::string>{"chip0", "export", "gpiochip512", "sim", "unexport"});
    Mount both({"--simulate", "FT2232H,interface=AB,base=0"});
    CHECK(read_text(both / "gpiochip16/base") == "16\n");
    CHECK(read_text(both / "gpiochip0/ngpio") == "16\n");
}

TEST_CASE("chips have as many lines as their MPSSE reaches") {
    NEEDS_MOUNT();
    struct Row {
        const char* chip;
        const char* ngpio;
    };
    for (const Row& row : {Row{"FT232H", "16\n"}, Row{"FT2232H", "16\n"}, Row{"FT4232H", "8\n"},
                           Row{"FT2232D", "12\n"}}) {
        CAPTURE(row.chip);
        Mount mount({"--simulate", row.chip});
        CHECK(read_text(mount / "gpiochip512/ngpio") == row.ngpio);
    }
}

TEST_CASE("Bryx: only its two lines exist, one out only, one in only") {
    NEEDS_MOUNT();
    Mount mount({"--simulate", "FT232H,id=0403:6988"});
    CHECK(write_text(mount / "export", "512") == "EINVAL");
    const auto talk = mount.export_line(515);
    CHECK(read_text(talk / "direction") == "in\n");
    CHECK(write_text(talk / "direction", "in") == "EOPNOTSUPP");
    CHECK(read_text(talk / "value") == "EOPNOTSUPP");
    CHECK(try_open(talk / "edge", O_RDONLY) == "ENOENT");
    CHECK(try_open(talk / "edge", O_WRONLY | O_CREAT) == "EACCES");
    CHECK(write_text(talk / "direction", "high") == "ok");
    CHECK(mount.bench("adbus3/level") == "1");
    const auto activity = mount.export_line(517);
    CHECK(write_text(activity / "direction", "out") == "EOPNOTSUPP");
    CHECK(write_text(activity / "direction", "high") == "EOPNOTSUPP");
    CHECK(write_text(activity / "value", "1") == "EPERM");
    CHECK(write_text(activity / "edge", "both") == "ok");
    CHECK(mount.stop() == 0);
}

TEST_CASE("lines shows every line with its pin, direction, level and use") {
    NEEDS_MOUNT();
    Mount mount({"--simulate", "FT4232H"});
    const auto line = mount.export_line(513);
    REQUIRE(write_text(line / "direction", "low") == "ok");
    CHECK(read_text(mount / "gpiochip512/lines")
              .starts_with("OFFSET NUMBER PIN DIRECTION LEVEL USED"));
    const auto table =
        shell(fmt::format("tr -s ' ' < {}/gpiochip512/lines", mount.path().string()));
    CHECK(table.out.find("\n0 512 ADBUS0 in 1 no\n1 513 ADBUS1 out 0 yes\n") != std::string::npos);
    CHECK(table.out.find("ACBUS") == std::string::npos);
}
