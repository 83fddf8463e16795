// SPDX-License-Identifier: MIT
#include "sim_rig.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

using namespace gpiofs;
using namespace gpiofs::test;
using namespace std::chrono_literals;
using sim::UsbStatus;

namespace {

Bytes repeated(std::uint8_t byte, std::size_t count) { return Bytes(count, byte); }

/// 1024 clocks at 1 kHz: 1.024 s in which the engine says nothing.
const Bytes long_command = {0x8b, 0x86, 0x6f, 0x17, 0x8f, 0x7f, 0x00, 0xaa};

}  // namespace

TEST_CASE("sim usb: an idle chip answers the first IN at once, then once per latency period") {
    SimRig rig("FT232H");
    rig.clock.advance(1s);
    const TimePoint start = rig.clock.now();
    CHECK(rig.read().status() == UsbStatus::complete);
    CHECK(rig.raw == Bytes{0x32, 0x60});
    CHECK(rig.clock.now() == start);
    rig.read();
    CHECK(rig.raw.size() == 2);
    CHECK(rig.clock.now() == start + 16ms);
    rig.request(latency_request, 5);
    rig.read();
    CHECK(rig.clock.now() == start + 21ms);
    CHECK(rig.board.counters().status_only == 3);
    CHECK(rig.board.counters().in_transfers == 0);
}

TEST_CASE("sim usb: status-only packets while a command runs for 1.04 s") {
    SimRig rig("FT2232H");
    std::uint16_t latency = 16;
    unsigned expected = 65;
    SUBCASE("latency 16") {}
    SUBCASE("latency 8") {
        latency = 8;
        expected = 129;
    }
    rig.request(latency_request, latency);
    rig.clock.advance(1s);
    rig.write(long_command);
    unsigned status_only = 0;
    const TimePoint start = rig.clock.now();
    while (rig.read().bytes() == 2) {
        CHECK(rig.raw == Bytes{0x32, 0x00});
        ++status_only;
        REQUIRE(status_only < 1000);
    }
    CHECK(status_only == expected);
    CHECK(rig.raw == Bytes{0x32, 0x60, 0xfa, 0xaa});
    CHECK(rig.clock.now() - start < 1050ms);
}

TEST_CASE("sim usb: replies wait for the latency timer unless 87 sends them") {
    SimRig rig("FT232H");
    rig.clock.advance(1s);
    rig.read();
    const TimePoint start = rig.clock.now();

    SUBCASE("without 87") {
        rig.write({0x81});
        rig.read();
        CHECK(rig.clock.now() == start + 16ms);
        CHECK(rig.raw.size() == 3);
    }
    SUBCASE("with 87") {
        rig.write({0x81, 0x87});
        rig.read();
        CHECK(rig.clock.now() <= start + 2us);
        CHECK(rig.raw.size() == 3);
    }
    SUBCASE("87 before the reply does nothing for it") {
        rig.write({0x87, 0x81});
        rig.read();
        CHECK(rig.clock.now() == start + 16ms);
    }
    SUBCASE("the event character sends as well") {
        rig.request(0x06, 0x01aa);
        rig.write({0xaa});
        rig.read();
        CHECK(rig.clock.now() <= start + 2us);
    }
}

TEST_CASE("sim usb: every packet of a transfer starts with status bytes") {
    SimRig rig("FT2232H");
    rig.write(repeated(0x81, 1100));
    rig.write({0x87});
    rig.clock.advance(1ms);
    rig.read(4096);
    REQUIRE(rig.raw.size() == 512 + 512 + 2 + 80);
    for (const std::size_t at : {0U, 512U, 1024U}) {
        CHECK(rig.raw[at] == 0x32);
    }
    CHECK(std::count(rig.raw.begin(), rig.raw.end(), 0xff) == 1100);
}

TEST_CASE("sim usb: a full packet goes at once, and nothing follows it until the timer ends") {
    SimRig rig("FT2232H");
    rig.read();
    const TimePoint start = rig.clock.now();
    rig.write(repeated(0x81, 510));
    SUBCASE("the buffer ends the transfer") {
        rig.read(512);
        CHECK(rig.raw.size() == 512);
        CHECK(rig.clock.now() < start + 1ms);
    }
    SUBCASE("a larger buffer waits for the short packet") {
        rig.read(1024);
        CHECK(rig.raw.size() == 514);
        CHECK(rig.clock.now() > start + 16ms);
    }
}

TEST_CASE("sim usb: a buffer smaller than the packet overflows") {
    SimRig rig("FT232H");
    rig.write({0x81, 0x81, 0x87});
    rig.clock.advance(1ms);
    CHECK(rig.read(3).status() == UsbStatus::overflow);
    rig.write({0x81, 0x87});
    rig.clock.advance(1ms);
    CHECK(rig.read(3).status() == UsbStatus::complete);
}

TEST_CASE("sim usb: full speed has 64-byte packets and says so") {
    SimRig rig("FT2232H", sim::UsbSpeed::full);
    CHECK(rig.board.packet_size() == 64);
    rig.write(repeated(0x81, 100));
    rig.clock.advance(1ms);
    rig.read(4096);
    REQUIRE(rig.raw.size() == 64 + 40);
    CHECK(rig.raw[0] == 0x31);
    CHECK(rig.raw[64] == 0x31);
}

TEST_CASE("sim usb: full FIFOs stall the engine and then the host, and nothing is lost") {
    SimRig rig("FT2232H");
    CHECK(rig.write(repeated(0xaa, 2048)).bytes() == 2048);
    CHECK(rig.write(repeated(0xaa, 2048)).bytes() == 2048);
    rig.clock.advance(100ms);
    CHECK(rig.write(repeated(0xaa, 2048)).bytes() == 2048);
    CHECK(rig.board.counters().opcodes == 2049);
    CHECK(rig.ask(poll_status_request, 2) == Bytes{0x32, 0x00});

    const auto refused = rig.write({0xaa}, 0, 1s);
    CHECK(refused.status() == UsbStatus::timed_out);
    CHECK(refused.bytes() == 0);

    SUBCASE("reading lets it go on") {
        CHECK(rig.replies().size() == 2 * 3 * 2048);
        CHECK(rig.ask(poll_status_request, 2) == Bytes{0x32, 0x60});
    }
    SUBCASE("purge 1 leaves what has been fetched: 4096 + 2 bytes") {
        rig.request(reset_request, 1);
        CHECK(rig.replies().size() == 4096 + 2);
    }
}

TEST_CASE("sim usb: 3000 bad commands come back as 6000 bytes") {
    SimRig rig("FT2232H");
    CHECK(rig.write(repeated(0xaa, 3000)).status() == UsbStatus::complete);
    rig.clock.advance(500ms);
    const Bytes answer = rig.replies();
    REQUIRE(answer.size() == 6000);
    for (std::size_t i = 0; i < answer.size(); i += 2) {
        REQUIRE(answer[i] == 0xfa);
        REQUIRE(answer[i + 1] == 0xaa);
    }
}

TEST_CASE("sim usb: each chip has its FIFO sizes") {
    struct Sizes {
        const char* chip;
        std::size_t out;
        std::size_t in;
        std::size_t packet;
    };
    for (const Sizes& sizes : {Sizes{"FT232H", 1024, 1024, 512}, Sizes{"FT2232H", 4096, 4096, 512},
                               Sizes{"FT4232H", 2048, 2048, 512}, Sizes{"FT2232D", 128, 384, 64}}) {
        CAPTURE(std::string(sizes.chip));
        SimRig rig(sizes.chip);
        const std::size_t executed = sizes.in / 2;
        const std::size_t taken =
            rig.write(repeated(0xaa, executed + 2 * sizes.out), 0, 100ms).bytes();
        // A packet more or less hangs on where packets end.
        CHECK(taken >= executed + sizes.out - sizes.packet);
        CHECK(taken <= executed + sizes.out + 1);
        CHECK(rig.board.counters().opcodes == executed + 1);
    }
}

TEST_CASE("sim usb: purge 1 drops commands, purge 2 and reset drop replies") {
    SimRig rig("FT2232H");
    rig.write({0xaa});
    rig.clock.advance(1ms);
    std::uint16_t what = 2;
    std::size_t left = 0;
    SUBCASE("purge 1 keeps the reply") {
        what = 1;
        left = 2;
    }
    SUBCASE("purge 2") {}
    SUBCASE("reset") { what = 0; }
    rig.request(reset_request, what);
    CHECK(rig.replies().size() == left);
}

TEST_CASE("sim usb: interfaces are separate, and each has its latency") {
    SimRig rig("FT2232H");
    rig.request(latency_request, 1, 1);
    CHECK(rig.ask(get_latency_request, 1, 0) == Bytes{16});
    CHECK(rig.ask(get_latency_request, 1, 1) == Bytes{1});
    rig.request(bit_mode_request, mpsse_mode, 1);
    CHECK(rig.run({0xab}, 1) == Bytes{0xfa, 0xab});
    CHECK(rig.replies(0).empty());
}

TEST_CASE("sim usb: without MPSSE mode bytes are UART data and nothing answers") {
    SimRig rig("FT4232H");
    SUBCASE("after mode 0") {
        rig.request(bit_mode_request, base_mode);
        CHECK(rig.run({0xaa, 0x81, 0x87}).empty());
    }
    SUBCASE("on an interface without an engine, whatever mode is asked for") {
        rig.request(bit_mode_request, mpsse_mode, 2);
        CHECK(rig.run({0xaa, 0x81, 0x87}, 2).empty());
    }
    CHECK(rig.board.counters().opcodes == 0);
}

TEST_CASE("sim usb: unplugging ends transfers, and old attachments stay dead") {
    SimRig rig("FT232H");
    rig.read();
    const auto old = rig.board.attachment();
    Bytes buffer(512);
    auto pending = sim::BulkTransfer::in(old, 0x81, buffer);
    CHECK(rig.board.advance(pending) == rig.clock.now() + 16ms);
    rig.write({0x80, 0x55, 0xff});
    rig.board.set_plugged(false);
    rig.board.advance(pending);
    CHECK(pending.status() == UsbStatus::gone);
    CHECK(rig.read().status() == UsbStatus::gone);
    CHECK(rig.request(latency_request, 1) == UsbStatus::gone);

    rig.board.set_plugged(true);
    CHECK(rig.board.attachment() != old);
    auto late = sim::BulkTransfer::in(old, 0x81, buffer);
    rig.board.advance(late);
    CHECK(late.status() == UsbStatus::gone);
    CHECK(rig.ask(get_latency_request, 1) == Bytes{16});
    CHECK(rig.run({0xaa}).empty());  // UART mode again
}

TEST_CASE("sim usb: counters count transfers, not packets") {
    SimRig rig("FT2232H");
    const auto before = rig.board.counters();
    rig.write(repeated(0x81, 1200));
    rig.write({0xaa, 0x87});
    rig.clock.advance(1ms);
    rig.read(4096);
    Bytes buffer(512);
    auto cancelled = sim::BulkTransfer::in(rig.board.attachment(), 0x81, buffer);
    rig.board.advance(cancelled);
    const auto after = rig.board.counters();
    CHECK(after.out_transfers - before.out_transfers == 2);
    CHECK(after.in_transfers - before.in_transfers == 1);
    CHECK(after.status_only == before.status_only);
    CHECK(after.opcodes - before.opcodes == 1202);
    CHECK(after.bad_opcodes - before.bad_opcodes == 1);
    CHECK(after.control_transfers == before.control_transfers);
}
