// SPDX-License-Identifier: MIT
#include "sim_rig.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace gpiofs;
using namespace gpiofs::test;
using namespace std::chrono_literals;

namespace {

/// An opcode's argument bytes and the size of its reply, as the hardware notes list them.
struct Length {
    std::uint8_t opcode;
    std::size_t arguments;
    std::size_t reply;
};

/// Arguments are all 0: a length of 0 is one byte or one bit.
void check_lengths(SimRig& rig, const std::vector<Length>& table) {
    for (const Length& length : table) {
        CAPTURE(static_cast<int>(length.opcode));
        Bytes bytes{length.opcode};
        bytes.resize(1 + length.arguments, 0);
        bytes.push_back(0xaa);
        const Bytes answer = rig.run(bytes);
        REQUIRE(answer.size() == length.reply + 2);
        CHECK(answer[length.reply] == 0xfa);
        CHECK(answer[length.reply + 1] == 0xaa);
    }
}

const std::vector<Length> common_lengths = {{0x80, 2, 0},
                                            {0x81, 0, 1},
                                            {0x82, 2, 0},
                                            {0x83, 0, 1},
                                            {0x84, 0, 0},
                                            {0x85, 0, 0},
                                            {0x86, 2, 0},
                                            {0x87, 0, 0},
                                            // byte write, byte read, byte write and read
                                            {0x10, 3, 0},
                                            {0x11, 3, 0},
                                            {0x18, 3, 0},
                                            {0x19, 3, 0},
                                            {0x20, 2, 1},
                                            {0x24, 2, 1},
                                            {0x28, 2, 1},
                                            {0x2c, 2, 1},
                                            {0x31, 3, 1},
                                            {0x34, 3, 1},
                                            {0x39, 3, 1},
                                            {0x3c, 3, 1},
                                            {0x30, 3, 1},
                                            {0x35, 3, 1},
                                            {0x38, 3, 1},
                                            {0x3d, 3, 1},
                                            // bits
                                            {0x12, 2, 0},
                                            {0x13, 2, 0},
                                            {0x1a, 2, 0},
                                            {0x1b, 2, 0},
                                            {0x22, 1, 1},
                                            {0x26, 1, 1},
                                            {0x2a, 1, 1},
                                            {0x2e, 1, 1},
                                            {0x33, 2, 1},
                                            {0x36, 2, 1},
                                            {0x3b, 2, 1},
                                            {0x3e, 2, 1},
                                            {0x32, 2, 1},
                                            {0x37, 2, 1},
                                            {0x3a, 2, 1},
                                            {0x3f, 2, 1},
                                            // TMS, and the undocumented ones without a data byte
                                            {0x4a, 2, 0},
                                            {0x4b, 2, 0},
                                            {0x6a, 2, 1},
                                            {0x6b, 2, 1},
                                            {0x6e, 2, 1},
                                            {0x6f, 2, 1},
                                            {0x62, 1, 1},
                                            {0x63, 1, 1},
                                            {0x66, 1, 1},
                                            {0x67, 1, 1},
                                            {0x72, 1, 1},
                                            {0x73, 1, 1},
                                            {0x76, 1, 1},
                                            {0x77, 1, 1}};

const std::vector<Length> h_lengths = {{0x8a, 0, 0}, {0x8b, 0, 0}, {0x8c, 0, 0}, {0x8d, 0, 0},
                                       {0x8e, 1, 0}, {0x8f, 2, 0}, {0x96, 0, 0}, {0x97, 0, 0},
                                       {0x9c, 2, 0}, {0x9d, 2, 0}};

/// First to last of each run of bytes below 80 that the hardware refuses.
const std::vector<std::pair<int, int>> refused_low = {
    {0x00, 0x0f}, {0x40, 0x49}, {0x4c, 0x4d}, {0x50, 0x59}, {0x5c, 0x5d},
    {0x60, 0x61}, {0x64, 0x65}, {0x68, 0x69}, {0x6c, 0x6d}, {0x70, 0x71},
    {0x74, 0x75}, {0x78, 0x79}, {0x7c, 0x7d}};

void check_refused(SimRig& rig, int opcode) {
    CAPTURE(opcode);
    const auto byte = static_cast<std::uint8_t>(opcode);
    CHECK(rig.run({byte}) == Bytes{0xfa, byte});
}

}  // namespace

TEST_CASE("sim engine: every opcode has its length, on every chip") {
    for (const char* chip : {"FT232H", "FT2232H", "FT4232H", "FT2232D"}) {
        CAPTURE(std::string(chip));
        SimRig rig(chip);
        check_lengths(rig, common_lengths);
        if (std::string(chip) != "FT2232D") {
            check_lengths(rig, h_lengths);
        }
    }
    SimRig rig("FT232H");
    check_lengths(rig, {{0x9e, 2, 0}});
}

TEST_CASE("sim engine: a byte shift takes as many data bytes as its length says") {
    SimRig rig("FT2232H");
    Bytes write(3 + 0x104, 0x81);  // would each answer if taken as an opcode
    write[0] = 0x11;
    write[1] = 0x03;
    write[2] = 0x01;
    CHECK(rig.run(write).empty());
    CHECK(rig.run({0x20, 0x03, 0x01}).size() == 0x104);
}

TEST_CASE("sim engine: bad opcodes are answered FA and themselves") {
    SimRig rig("FT2232H");
    for (const auto& [first, last] : refused_low) {
        for (int opcode = first; opcode <= last; ++opcode) {
            check_refused(rig, opcode);
        }
    }
    for (const int opcode : {0x90, 0x91, 0x92, 0x93, 0x98, 0x9b, 0x9e, 0x9f, 0xaa, 0xab, 0xff}) {
        check_refused(rig, opcode);
    }
}

TEST_CASE("sim engine: FT2232D refuses the newer opcodes and takes their arguments for opcodes") {
    SimRig rig("FT2232D");
    for (const int opcode : {0x8a, 0x8b, 0x8c, 0x8d, 0x94, 0x95, 0x96, 0x97, 0x9e}) {
        check_refused(rig, opcode);
    }
    CHECK(rig.run({0x8e, 0x00}) == Bytes{0xfa, 0x8e, 0xfa, 0x00});
    CHECK(rig.run({0x8f, 0x00, 0x01}) == Bytes{0xfa, 0x8f, 0xfa, 0x00, 0xfa, 0x01});
}

TEST_CASE("sim engine: a half-received command survives purges, reset and mode 2") {
    SimRig rig("FT2232H");
    rig.write({0x80, 0xff});
    rig.request(reset_request, 1);
    rig.request(reset_request, 2);
    rig.request(reset_request, 0);
    rig.request(bit_mode_request, mpsse_mode);
    CHECK(rig.ask(poll_status_request, 2) == Bytes{0x32, 0x60});

    SUBCASE("the next byte completes it") {
        CHECK(rig.run({0xaa, 0xab}) == Bytes{0xfa, 0xab});
        CHECK(rig.run({0x81})[0] == 0xff);
    }
    SUBCASE("mode 0 and 2 clear it") {
        rig.request(bit_mode_request, base_mode);
        rig.request(bit_mode_request, mpsse_mode);
        CHECK(rig.run({0xaa, 0x00}) == Bytes{0xfa, 0xaa, 0xfa, 0x00});
    }
}

TEST_CASE("sim engine: commands run one after the other, each at its time") {
    SimRig rig("FT232H");
    rig.write({0x80, 0x01, 0x01, 0x80, 0x00, 0x01});
    const sim::PinId adbus0{0, 0};
    rig.clock.advance(499ns);
    CHECK(rig.board.counters().opcodes == 0);
    rig.clock.advance(1ns);
    CHECK(rig.board.counters().opcodes == 1);
    CHECK(rig.board.level(adbus0));
    rig.clock.advance(500ns);
    CHECK_FALSE(rig.board.level(adbus0));
}

TEST_CASE("sim engine: a command that waits for GPIOL1 holds the ones behind it") {
    SimRig rig("FT2232H");
    const sim::PinId gpiol1{0, 5};
    rig.board.set_drive(gpiol1, sim::Drive::low);

    SUBCASE("until the level is there") {
        rig.write({0x88, 0xaa});
        rig.clock.advance(10s);
        CHECK(rig.board.counters().opcodes == 1);
        CHECK(rig.ask(poll_status_request, 2) == Bytes{0x32, 0x00});
        rig.board.set_drive(gpiol1, sim::Drive::high);
        rig.clock.advance(1us);
        CHECK(rig.replies() == Bytes{0xfa, 0xaa});
        rig.write({0x95, 0xab});
        rig.board.set_drive(gpiol1, sim::Drive::low);
        rig.clock.advance(1us);
        CHECK(rig.replies() == Bytes{0xfa, 0xab});
    }
    SUBCASE("also if a pulse brings it, and at its exact end") {
        rig.write({0x88, 0x89, 0x81});
        rig.clock.advance(1us);
        rig.board.pulse(gpiol1, 10us);
        rig.clock.advance(1s);
        const Bytes answer = rig.replies();
        REQUIRE(answer.size() == 1);
        CHECK((answer[0] & 0x20) == 0);
    }
    SUBCASE("no wait if it is there already") { CHECK(rig.run({0x89, 0xaa}).size() == 2); }
    SUBCASE("9C ends by its count") { CHECK(rig.run({0x9c, 0x00, 0x00, 0xaa}).size() == 2); }
    SUBCASE("leaving MPSSE mode ends it") {
        rig.write({0x88});
        rig.request(bit_mode_request, base_mode);
        rig.request(bit_mode_request, mpsse_mode);
        CHECK(rig.run({0xaa}) == Bytes{0xfa, 0xaa});
    }
}

TEST_CASE("sim engine: shifts read bit 2, or with loopback what they write") {
    SimRig rig("FT2232H");
    CHECK(rig.run({0x31, 0x00, 0x00, 0x5a}) == Bytes{0xff});
    rig.board.set_drive({0, 2}, sim::Drive::low);
    CHECK(rig.run({0x31, 0x00, 0x00, 0x5a}) == Bytes{0x00});
    CHECK(rig.run({0x84, 0x31, 0x01, 0x00, 0x5a, 0xc3, 0x85}) == Bytes{0x5a, 0xc3});
    rig.board.set_drive({0, 2}, sim::Drive::high);
    CHECK(rig.run({0x22, 0x02}) == Bytes{0x07});
    CHECK(rig.run({0x2a, 0x02}) == Bytes{0xe0});
}

TEST_CASE("sim engine: clocks take the divisor's time") {
    SimRig rig("FT2232H", sim::UsbSpeed::instant, 0);
    const auto clocked_bytes = [&](const Bytes& set_up) {
        rig.run(set_up);
        rig.write({0x8f, 0xff, 0x00});  // 2048 clocks
        const TimePoint start = rig.clock.now();
        while (rig.ask(poll_status_request, 2)[1] == 0) {
            rig.clock.advance(1us);
        }
        return std::chrono::round<std::chrono::microseconds>(rig.clock.now() - start).count();
    };
    CHECK(clocked_bytes({0x8b, 0x86, 0x00, 0x00}) == 342);   // 6 MHz
    CHECK(clocked_bytes({0x8a, 0x86, 0x00, 0x00}) == 69);    // 30 MHz
    CHECK(clocked_bytes({0x8b, 0x86, 0x02, 0x00}) == 1024);  // 2 MHz
}
