// SPDX-License-Identifier: MIT
#include "base/error.h"
#include "exchanges.h"
#include "raw_wire.h"
#include "support/manual_clock.h"
#include "unqueued_transport.h"

#include <doctest/doctest.h>

#include <array>
#include <cerrno>
#include <deque>

using namespace gpiofs;
using namespace gpiofs::test;

namespace {

/// A chip that only refuses commands and reads its low byte as `level`, with replies of an earlier
/// time still on their way: no purge reaches those.
class LateReplies final : public UnqueuedTransport {
  public:
    explicit LateReplies(Bytes late, std::uint8_t level)
        : level_(level), replies_(late.begin(), late.end()) {}

    std::size_t packet_size() const noexcept override { return 64; }
    std::error_code control_out(std::uint8_t, std::uint16_t, TimePoint) override { return {}; }
    transport::Transfer control_in(std::uint8_t, std::uint16_t, std::span<std::uint8_t>,
                                   TimePoint) override {
        return {};
    }
    transport::Transfer write(std::span<const std::uint8_t> data, TimePoint) override {
        for (const std::uint8_t byte : data) {
            if (byte == 0xaa || byte == 0xab) {
                replies_.insert(replies_.end(), {0xfa, byte});
            } else if (byte == 0x81) {
                replies_.push_back(level_);
            }
        }
        return {data.size(), {}};
    }
    /// At most two bytes of payload at a time, so that nothing is found by luck.
    transport::Transfer read(std::span<std::uint8_t> data, TimePoint) override {
        if (replies_.empty()) {
            return {0, errno_code(ETIMEDOUT)};
        }
        std::size_t size = 2;
        for (; size < 4 && !replies_.empty(); ++size) {
            data[size] = replies_.front();
            replies_.pop_front();
        }
        return {size, {}};
    }
    std::error_code clear_halt(transport::Direction) override { return {}; }
    void abort() noexcept override {}
    bool detached_driver() const noexcept override { return false; }
    void give_back_driver(bool) noexcept override {}

  private:
    const std::uint8_t level_;
    std::deque<std::uint8_t> replies_;
};

}  // namespace

TEST_CASE("engine: start sends its requests in the order that plays nothing out on the pins") {
    ManualClock clock;
    Rig rig(clock);
    const auto engine = rig.engine();
    engine->start(rig.deadline());
    // Requests and values: libftdi src/ftdi.h. Purge OUT, mode 0, both characters off, latency,
    // mode MPSSE, purge IN.
    const std::vector<Tap::Request> wanted = {{0x00, 1},  {0x0b, 0x0000}, {0x06, 0}, {0x07, 0},
                                              {0x09, 17}, {0x0b, 0x0200}, {0x00, 2}};
    CHECK(rig.tap->requests() == wanted);
}

TEST_CASE("engine: start ends with all lines as inputs, whatever was before") {
    ManualClock clock;
    Rig rig(clock);
    {
        const auto wire = rig.bench.boards().at(0)->open(0, {});
        RawWire raw(*wire, clock);
        raw.enter_mpsse();
        SUBCASE("nothing") {}
        SUBCASE("outputs that drive low") {
            REQUIRE(raw.write({0x80, 0x00, 0xff, 0x82, 0x00, 0xff}));
            REQUIRE(rig.levels() == 0);
        }
        SUBCASE("half a command") { REQUIRE(raw.write({0x80, 0x00})); }
        SUBCASE("a data command that wants many bytes") {
            REQUIRE(raw.write({0x11, 0xff, 0x0f, 0x00}));
        }
        SUBCASE("replies nobody took") { REQUIRE(raw.write({0xaa, 0xab, 0x81, 0x87})); }
        SUBCASE("loopback") { REQUIRE(raw.write({0x84})); }
    }
    const auto engine = rig.started();
    CHECK(engine->shadow() == mpsse::PortState{});
    CHECK(rig.levels() == 0xffff);
    rig.bench.write(0, "adbus4/drive", "0");
    rig.bench.write(0, "acbus7/drive", "0");
    const auto [error, levels] = read_levels(rig, *engine);
    CHECK_FALSE(error);
    CHECK(levels == 0x7fef);
}

TEST_CASE("engine: start works on chips with one bank and at full speed") {
    ManualClock clock;
    for (const char* name : {"FT232H", "FT4232H", "FT2232D"}) {
        CAPTURE(name);
        Rig rig(clock, {name});
        const auto engine = rig.started();
        CHECK_FALSE(write_state(rig, *engine, {0x01, 0x03}, mpsse::Banks::low));
        CHECK(rig.board().level({0, 0}));
        CHECK_FALSE(rig.board().level({0, 1}));
    }
}

TEST_CASE("engine: start fails in time on a board that is silent or gone") {
    ManualClock clock;
    Rig rig(clock);
    const auto engine = rig.engine();
    int wanted = 0;
    SUBCASE("silent") {
        rig.bench.write(0, "fault", "timeout -1");
        wanted = ETIMEDOUT;
    }
    SUBCASE("gone") {
        rig.bench.write(0, "plugged", "0");
        wanted = ENODEV;
    }
    const TimePoint deadline = rig.deadline();
    CHECK(errno_of([&] { engine->start(deadline); }) == wanted);
    CHECK(clock.now() <= deadline);
}

TEST_CASE("engine: an imitation that takes settings and forgets them is refused") {
    ManualClock clock;
    for (const char* chip : {"FT2232D", "FT232H"}) {
        CAPTURE(chip);
        Rig rig(clock, {chip});
        rig.bench.write(0, "fault", "imitation -1");
        CHECK(errno_of([&] { rig.engine()->start(rig.deadline()); }) == EPROTO);
        rig.bench.write(0, "fault", "0");
        CHECK_NOTHROW(rig.started());
    }
}

TEST_CASE("engine: a chip that loses its power while it is started is no imitation") {
    ManualClock clock;
    Rig rig(clock);
    rig.bench.write(0, "fault", "power-loss 1");
    CHECK_NOTHROW(rig.started());
}

TEST_CASE("engine: an echo that comes late does not pass for the one asked for") {
    ManualClock clock;
    for (const Bytes& late :
         {Bytes{0xfa, 0xaa}, Bytes{0xfa, 0xaa, 0xfa, 0xaa}, Bytes{0x12, 0xfa}}) {
        CAPTURE(late.size());
        gpio::Engine engine(std::make_unique<LateReplies>(late, 0x5a), "late", mpsse::Banks::low,
                            clock);
        engine.start(clock.now() + std::chrono::seconds(1));
        mpsse::CommandBuffer batch;
        batch.get_pins(mpsse::Banks::low);
        REQUIRE_FALSE(exchange(engine, batch, {}, clock.now() + std::chrono::seconds(1)));
        CHECK(mpsse::levels_from_reply(engine.reply(), mpsse::Banks::low) == 0x5a);
    }
}
