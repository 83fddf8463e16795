// SPDX-License-Identifier: MIT
#include "base/error.h"
#include "exchanges.h"
#include "gpio/engine.h"
#include "rig.h"
#include "support/manual_clock.h"
#include "unqueued_transport.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <utility>

using namespace gpiofs;
using namespace gpiofs::test;

namespace {

/// A board at high speed that sends what nobody asked for, without an end, once it is told to; a
/// virtual one until then.
class Flood final : public UnqueuedTransport {
  public:
    Flood(std::unique_ptr<transport::Transport> board, ManualClock& clock,
          const std::atomic<bool>& flooding)
        : board_(std::move(board)), clock_(clock), flooding_(flooding) {}

    std::size_t packet_size() const noexcept override { return board_->packet_size(); }
    std::error_code control_out(std::uint8_t request, std::uint16_t value,
                                TimePoint deadline) override {
        return board_->control_out(request, value, deadline);
    }
    transport::Transfer control_in(std::uint8_t request, std::uint16_t value,
                                   std::span<std::uint8_t> data, TimePoint deadline) override {
        return board_->control_in(request, value, data, deadline);
    }
    transport::Transfer write(std::span<const std::uint8_t> data, TimePoint deadline) override {
        return board_->write(data, deadline);
    }
    transport::Transfer read(std::span<std::uint8_t> data, TimePoint deadline) override {
        if (!flooding_) {
            return board_->read(data, deadline);
        }
        std::fill(data.begin(), data.end(), std::uint8_t{0xfa});
        clock_.advance(packet_time);
        return {data.size(), {}};
    }
    std::error_code submit(transport::Direction direction, std::span<std::uint8_t> data) override {
        queue_.push_back({direction, data});
        return {};
    }
    /// Nothing but status, as fast as the bus goes; the plug is pulled in the end.
    std::optional<transport::EndedTransfer> collect(TimePoint /*deadline*/) override {
        if (queue_.empty()) {
            return std::nullopt;
        }
        const Queued first = queue_.front();
        queue_.pop_front();
        clock_.advance(packet_time);
        const bool in = first.direction == transport::Direction::in;
        const auto error = clock_.now() < unplugged_at_ ? std::error_code{} : errno_code(ENODEV);
        return transport::EndedTransfer{first.direction, {in ? 2 : first.data.size(), error}};
    }
    std::error_code clear_halt(transport::Direction direction) override {
        return board_->clear_halt(direction);
    }
    void abort() noexcept override { board_->abort(); }
    bool detached_driver() const noexcept override { return false; }
    void give_back_driver(bool yes) noexcept override { board_->give_back_driver(yes); }

  private:
    /// 13 packets of 512 bytes in a microframe are the most there can be: USB 2.0 table 5-10.
    static constexpr Duration packet_time = std::chrono::nanoseconds(125'000 / 13);

    struct Queued {
        transport::Direction direction;
        std::span<std::uint8_t> data;
    };

    const std::unique_ptr<transport::Transport> board_;
    ManualClock& clock_;
    const TimePoint unplugged_at_ = clock_.now() + std::chrono::seconds(20);
    std::deque<Queued> queue_;
    const std::atomic<bool>& flooding_;
};

/// An engine on a board that can be made to flood.
struct FloodRig {
    FloodRig()
        : rig(clock),
          engine(std::make_unique<gpio::Engine>(
              std::make_unique<Flood>(rig.bench.boards().front()->open(0, {}), clock, flooding),
              "flood", mpsse::Banks::both, clock)) {
        rig.timeout = std::chrono::milliseconds(200);  // 20,000 packets
    }

    std::error_code read_pins() {
        const TimePoint deadline = rig.deadline();
        if (const auto error = engine->ensure_in_step(deadline)) {
            return error;
        }
        mpsse::CommandBuffer commands;
        commands.get_pins(mpsse::Banks::both);
        commands.send_immediate();
        return exchange(*engine, commands, engine->shadow(), deadline);
    }

    ManualClock clock;
    std::atomic<bool> flooding = false;
    Rig rig;
    std::unique_ptr<gpio::Engine> engine;
};

/// Wants line 0 streamed.
class Streamer final : public BusLog {
  public:
    mpsse::PinMask streamed_lines() noexcept override { return 1; }
};

}  // namespace

TEST_CASE("engine: a board that sends for ever does not start, and is told so in time") {
    FloodRig on;
    on.flooding = true;
    const TimePoint begin = on.clock.now();
    CHECK(errno_of([&] { on.engine->start(on.rig.deadline()); }) == ETIMEDOUT);
    CHECK(on.clock.now() - begin < 2 * on.rig.timeout);
}

TEST_CASE(
    "engine: a board that begins to send for ever fails each access in time, until it stops") {
    FloodRig on;
    on.engine->start(on.rig.deadline());
    REQUIRE_FALSE(on.read_pins());
    on.flooding = true;
    CHECK(on.read_pins() == errno_code(EIO));
    for (int access = 0; access < 2; ++access) {
        const TimePoint begin = on.clock.now();
        CHECK(on.read_pins() == errno_code(ETIMEDOUT));
        CHECK(on.clock.now() - begin < 2 * on.rig.timeout);
    }
    on.flooding = false;
    CHECK_FALSE(on.read_pins());
}

TEST_CASE("stream: a chip that sends nothing but status for ever is given up in time") {
    FloodRig on;
    on.engine->start(on.rig.deadline());
    Streamer streamer;
    gpio::Bus bus(std::move(on.engine), on.clock);
    bus.observe(streamer);
    const TimePoint begin = on.clock.now();
    CHECK(bus.stream(on.rig.timeout, [] { return true; }) == errno_code(ETIMEDOUT));
    CHECK(on.clock.now() - begin < 2 * on.rig.timeout);
}
