// SPDX-License-Identifier: MIT
// What bus and engine cost in time. The clock stands still unless a test moves it, so every time is
// exact. A packet of n bytes takes (n + 55) / 567 of a full one at high speed, (n + 13) / 77 at
// full speed.
#include "sim_rig.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

using namespace gpiofs;
using namespace gpiofs::test;
using namespace std::chrono_literals;
using sim::BulkTransfer;
using sim::UsbSpeed;
using sim::UsbStatus;

namespace {

constexpr Duration hs_packet = 9615ns;   // 13 fill a microframe
constexpr Duration fs_packet = 52631ns;  // 19 fill a frame
constexpr std::uint8_t get_low = 0x81;
constexpr std::uint8_t send_now = 0x87;
/// A command without arguments and without a reply: loopback off.
constexpr std::uint8_t no_reply = 0x85;

sim::BoardConfig config(const std::string& chip, UsbSpeed usb) {
    sim::BoardConfig config;
    config.chip = chip;
    config.usb = usb;
    return config;
}

sim::BoardConfig engine_config(const std::string& chip, UsbSpeed usb, std::uint32_t engine_ns) {
    auto with_engine = config(chip, usb);
    with_engine.engine_ns = engine_ns;
    return with_engine;
}

BulkTransfer out(SimRig& rig, const Bytes& bytes, unsigned interface = 0) {
    return BulkTransfer::out(rig.board.attachment(),
                             static_cast<std::uint8_t>(0x02 + 2 * interface), bytes);
}

BulkTransfer in(SimRig& rig, Bytes& buffer, unsigned interface = 0) {
    return BulkTransfer::in(rig.board.attachment(), static_cast<std::uint8_t>(0x81 + 2 * interface),
                            buffer);
}

/// Ends a transfer; what it took since `start`.
Duration end_of(SimRig& rig, BulkTransfer& transfer, TimePoint start) {
    rig.board.finish(transfer, start + 10s, rig.never);
    CHECK(transfer.status() == UsbStatus::complete);
    return rig.clock.now() - start;
}

Duration time_of_write(SimRig& rig, const Bytes& bytes) {
    auto transfer = out(rig, bytes);
    return end_of(rig, transfer, rig.clock.now());
}

Duration time_of_read(SimRig& rig) {
    Bytes buffer(rig.board.packet_size());
    auto transfer = in(rig, buffer);
    return end_of(rig, transfer, rig.clock.now());
}

Duration time_of_control(SimRig& rig) {
    const TimePoint start = rig.clock.now();
    const sim::SetupPacket latency{
        .request_type = 0x40, .request = latency_request, .value = 16, .index = 1, .length = 0};
    rig.board.finish_control(rig.board.attachment(), latency, {});
    return rig.clock.now() - start;
}

/// How many commands have been executed at `at`.
std::uint64_t commands_at(SimRig& rig, TimePoint at) {
    rig.clock.spin_until(at);
    return rig.board.counters().opcodes;
}

}  // namespace

TEST_CASE("sim timing: at high speed transfers take what captures of a real chip show") {
    SimRig rig(config("FT232H", UsbSpeed::high));
    rig.clock.advance(1s);
    const Duration write = time_of_write(rig, {get_low, send_now});
    CHECK(write == 24us + hs_packet * 57 / 567);
    CHECK(write >= 14us);
    CHECK(write <= 38us);
    const Duration read = time_of_read(rig);
    CHECK(read == 24us + hs_packet * 58 / 567);
    CHECK(read >= 14us);
    CHECK(read <= 33us);
    CHECK(time_of_control(rig) == 50us);
}

TEST_CASE("sim timing: at full speed transfers start with a frame") {
    SimRig rig(config("FT232H", UsbSpeed::full));
    rig.clock.advance(1s);
    Duration into = 0us;
    SUBCASE("submitted early in a frame") {}
    SUBCASE("in its middle") { into = 500us; }
    SUBCASE("too late for the next one") { into = 990us; }
    rig.clock.advance(into);
    const TimePoint start = rig.clock.now();
    const Duration write = time_of_write(rig, {get_low, send_now});
    const Duration wait = into > 988us ? 2ms - into : 1ms - into;
    CHECK(write == wait + fs_packet * 15 / 77 + 12us);
    time_of_read(rig);
    CHECK(rig.clock.now() - start == wait + 1ms + fs_packet * 16 / 77 + 12us);
    const TimePoint second = rig.clock.now();
    time_of_write(rig, {get_low, send_now});
    time_of_read(rig);
    CHECK(rig.clock.now() - second == 2ms);
    CHECK(time_of_control(rig) == 1ms);
}

TEST_CASE("sim timing: an instant board costs nothing") {
    SimRig rig(config("FT232H", UsbSpeed::instant));
    rig.clock.advance(1s);
    CHECK(time_of_write(rig, Bytes(4096, no_reply)) == 0ns);
    CHECK(time_of_write(rig, {get_low, send_now}) == 0ns);
    CHECK(time_of_read(rig) == 0ns);
    CHECK(time_of_control(rig) == 0ns);
}

TEST_CASE("sim timing: packets of a transfer follow one another") {
    const Bytes commands(10240, no_reply);
    SUBCASE("high speed") {
        SimRig rig(engine_config("FT2232H", UsbSpeed::high, 0));
        CHECK(time_of_write(rig, commands) == 24us + 20 * hs_packet);
    }
    SUBCASE("full speed") {
        SimRig rig(engine_config("FT2232H", UsbSpeed::full, 0));
        REQUIRE(rig.clock.now().time_since_epoch() % 1ms == 0ns);
        CHECK(time_of_write(rig, commands) == 1ms + 160 * fs_packet + 12us);
    }
}

TEST_CASE("sim timing: both directions share the bus") {
    // Each OUT packet brings the replies of one IN packet: the bus is never idle.
    SimRig rig(engine_config("FT2232H", UsbSpeed::high, 0));
    rig.clock.advance(1s);
    rig.read(512);  // the status packet after idle
    const Bytes commands(10200, get_low);
    Bytes replies(10240);
    auto written = out(rig, commands);
    auto answered = in(rig, replies);
    const TimePoint start = rig.clock.now();
    rig.board.submit(written);
    rig.board.submit(answered);
    CHECK(end_of(rig, answered, start) == 24us + 39 * hs_packet + hs_packet * (472 + 55) / 567);
    CHECK(answered.bytes() == 10240);
    rig.board.advance(written);
    CHECK(written.status() == UsbStatus::complete);
}

TEST_CASE("sim timing: queued transfers pay for their packets alone") {
    const Bytes commands(1024, no_reply);
    UsbSpeed usb = UsbSpeed::high;
    Duration first = 24us + 2 * hs_packet;
    Duration each = 2 * hs_packet;
    SUBCASE("high speed") {}
    SUBCASE("full speed") {
        usb = UsbSpeed::full;
        first = 1ms + 16 * fs_packet + 12us;
        each = 16 * fs_packet;
    }
    SimRig rig(engine_config("FT2232H", usb, 0));
    const TimePoint start = rig.clock.now();
    std::vector<BulkTransfer> queue;
    for (int i = 0; i < 4; ++i) {
        queue.push_back(out(rig, commands));
    }
    for (BulkTransfer& transfer : queue) {
        rig.board.submit(transfer);
    }
    CHECK(rig.board.advance(queue.front()) <= start + first);
    for (int i = 0; i < 4; ++i) {
        CHECK(end_of(rig, queue[static_cast<std::size_t>(i)], start) == first + i * each);
    }
}

TEST_CASE("sim timing: a full FIFO pauses packets, and room for one lets it go at once") {
    SimRig rig(engine_config("FT232H", UsbSpeed::high, 1000));
    const Bytes commands(2048, no_reply);
    auto transfer = out(rig, commands);
    const TimePoint start = rig.clock.now();
    rig.board.submit(transfer);
    // The engine takes its first byte when the first packet is there, and then one per microsecond.
    const TimePoint first_byte = start + 12us + hs_packet;
    const TimePoint third = first_byte + 511us;
    const TimePoint fourth = first_byte + 1023us;

    const auto moved_at = [&](TimePoint at) {
        rig.clock.spin_until(at);
        rig.board.advance(transfer);
        return transfer.bytes();
    };
    CHECK(moved_at(first_byte - 1ns) == 0);
    CHECK(moved_at(first_byte) == 512);
    CHECK(moved_at(first_byte + hs_packet) == 1024);
    CHECK(moved_at(third + hs_packet - 1ns) == 1024);
    CHECK(moved_at(third + hs_packet) == 1536);
    CHECK(moved_at(fourth + hs_packet - 1ns) == 1536);
    CHECK(moved_at(fourth + hs_packet) == 2048);
    CHECK(transfer.status() == UsbStatus::pending);
    CHECK(rig.board.advance(transfer) == fourth + hs_packet + 12us);
    moved_at(fourth + hs_packet + 12us - 1ns);
    CHECK(transfer.status() == UsbStatus::pending);
    moved_at(fourth + hs_packet + 12us);
    CHECK(transfer.status() == UsbStatus::complete);
    CHECK(commands_at(rig, first_byte + 2048us - 1ns) == 2047);
    CHECK(commands_at(rig, first_byte + 2048us) == 2048);
}

TEST_CASE("sim timing: a host that sleeps finds the engine fed without gaps") {
    SimRig rig(engine_config("FT232H", UsbSpeed::high, 500));
    rig.clock.advance(1s);
    rig.read(512);
    const Bytes commands(3000, get_low);
    Bytes replies(4096);
    auto written = out(rig, commands);
    auto answered = in(rig, replies);
    const TimePoint first_byte = rig.clock.now() + 12us + hs_packet;
    rig.board.submit(written);

    SUBCASE("both ways pending: it never stops") {
        rig.board.submit(answered);
        CHECK(commands_at(rig, first_byte + 1499us) == 2998);
        CHECK(commands_at(rig, first_byte + 1500us) == 3000);
        rig.board.advance(written);
        CHECK(written.status() == UsbStatus::complete);
    }
    SUBCASE("nobody reads: it stops at a full FIFO and goes on when a packet has gone") {
        CHECK(commands_at(rig, first_byte + 5ms) == 1025);
        rig.board.submit(answered);
        const TimePoint read = rig.clock.now() + 12us;
        CHECK(commands_at(rig, read - 1ns) == 1025);
        CHECK(commands_at(rig, read + 500ns) == 1026);
        CHECK(commands_at(rig, read + 2ms) == 3000);
    }
}

TEST_CASE("sim timing: two interfaces take turns on the bus") {
    const Bytes commands(5120, no_reply);
    SimRig rig(engine_config("FT2232H", UsbSpeed::high, 0));
    rig.request(bit_mode_request, mpsse_mode, 1);
    auto a = out(rig, commands, 0);
    auto b = out(rig, commands, 1);
    const TimePoint start = rig.clock.now();
    rig.board.submit(a);
    rig.board.submit(b);
    rig.clock.advance(12us + 10 * hs_packet);
    rig.board.advance(a);
    rig.board.advance(b);
    CHECK(a.bytes() == 2560);
    CHECK(b.bytes() == 2560);
    CHECK(end_of(rig, b, start) == 24us + 19 * hs_packet);
    CHECK(end_of(rig, a, start) == 24us + 20 * hs_packet);
}

TEST_CASE("sim timing: the engine takes its time for each command") {
    for (const std::uint32_t engine_ns : {150U, 500U, 6500U}) {
        CAPTURE(engine_ns);
        SimRig rig(engine_config("FT232H", UsbSpeed::high, engine_ns));
        const Bytes commands(100, get_low);
        auto transfer = out(rig, commands);
        const TimePoint start = rig.clock.now() + 12us + hs_packet * 155 / 567;
        rig.board.submit(transfer);
        for (const unsigned count : {1U, 50U, 100U}) {
            const TimePoint done = start + Duration(engine_ns) * count;
            CHECK(commands_at(rig, done - 1ns) == count - 1);
            CHECK(commands_at(rig, done) == count);
        }
    }
}

TEST_CASE("sim timing: each time can be set by itself") {
    auto custom = config("FT232H", UsbSpeed::instant);
    Duration write = 0us;
    Duration control = 0us;
    SUBCASE("submit_us") {
        custom.submit_us = 7;
        write = 7us;
    }
    SUBCASE("frame_us") {
        custom.frame_us = 250;
        write = 240us;
    }
    SUBCASE("packet_ns") {
        custom.packet_ns = 567'000;
        write = 57us;
    }
    SUBCASE("complete_us") {
        custom.complete_us = 5;
        write = 5us;
    }
    SUBCASE("control_us") {
        custom.control_us = 9;
        control = 9us;
    }
    SUBCASE("one of a high-speed bus") {
        custom.usb = UsbSpeed::high;
        custom.submit_us = 0;
        write = 12us + hs_packet * 57 / 567;
        control = 50us;
    }
    SUBCASE("all of a full-speed bus") {
        custom.usb = UsbSpeed::full;
        custom.submit_us = custom.frame_us = custom.packet_ns = 0;
        custom.complete_us = custom.control_us = 0;
    }
    SimRig rig(custom);
    rig.clock.advance(10us);
    CHECK(time_of_write(rig, {no_reply, no_reply}) == write);
    CHECK(time_of_control(rig) == control);
}

namespace {

/// Three transfers always queued each way; when and how long each was when it ended. `look` more
/// often than needed, at odd times.
std::vector<std::pair<Duration, std::size_t>> streamed(UsbSpeed usb, std::optional<Duration> look) {
    SimRig rig(config("FT2232H", usb));
    const TimePoint start = rig.clock.now();
    Bytes commands(700, get_low);
    commands.back() = send_now;
    std::deque<Bytes> buffers(6, Bytes(2048));
    std::deque<BulkTransfer> writes;
    std::deque<BulkTransfer> reads;
    for (std::size_t i = 0; i < 3; ++i) {
        rig.board.submit(writes.emplace_back(out(rig, commands)));
        rig.board.submit(reads.emplace_back(in(rig, buffers[i])));
    }
    std::vector<std::pair<Duration, std::size_t>> ends;
    while (ends.size() < 60) {
        TimePoint next = TimePoint::max();
        for (auto* queue : {&writes, &reads}) {
            next = std::min(next, rig.board.advance(queue->front()));
            if (queue->front().status() == UsbStatus::pending) {
                continue;
            }
            REQUIRE(queue->front().status() == UsbStatus::complete);
            ends.emplace_back(rig.clock.now() - start, queue->front().bytes());
            queue->pop_front();
            rig.board.submit(queue == &writes
                                 ? queue->emplace_back(out(rig, commands))
                                 : queue->emplace_back(in(rig, buffers[ends.size() % 6])));
        }
        while (look && rig.clock.now() + *look < next) {
            rig.clock.advance(*look);
            rig.board.counters();
        }
        rig.clock.spin_until(next);
    }
    return ends;
}

}  // namespace

TEST_CASE("sim timing: the same trace has the same times, however often anybody looks") {
    for (const UsbSpeed usb : {UsbSpeed::high, UsbSpeed::full}) {
        const auto once = streamed(usb, std::nullopt);
        CHECK(once == streamed(usb, std::nullopt));
        CHECK(once == streamed(usb, 1777ns));
        CHECK(once == streamed(usb, 333ns));
    }
}

TEST_CASE("sim timing: a transfer that is dropped is out of the way of the next") {
    SimRig rig(engine_config("FT232H", UsbSpeed::high, 0));
    const Bytes commands(512, no_reply);
    const TimePoint start = rig.clock.now();
    auto second = out(rig, commands);
    {
        auto first = out(rig, commands);
        rig.board.submit(first);
        rig.board.submit(second);
        rig.clock.advance(15us);
        CHECK(rig.board.advance(first) == start + 24us + hs_packet);
    }
    // The packet that was under way still takes its time.
    CHECK(end_of(rig, second, start) == 24us + 2 * hs_packet);
    CHECK(rig.board.counters().opcodes == 512);
}

TEST_CASE("sim timing: a transfer may be moved while it is pending") {
    SimRig rig(config("FT232H", UsbSpeed::high));
    Bytes buffer(512);
    auto first = in(rig, buffer);
    rig.board.submit(first);
    auto moved = std::move(first);
    CHECK(end_of(rig, moved, rig.clock.now()) < 1ms);
    CHECK(moved.bytes() == 2);
}
