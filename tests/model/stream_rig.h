// SPDX-License-Identifier: MIT
#pragma once

#include "edge_taker.h"
#include "rig.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <utility>

namespace gpiofs::test {

/// A clock that stands still but for the waits of who uses it, and stops on the way wherever
/// something is to happen. Thread-bound.
class ScriptedClock final : public Clock {
  public:
    TimePoint now() const noexcept override { return now_; }

    void at(TimePoint when, std::function<void()> action) {
        script_.emplace(when, std::move(action));
    }
    void in(Duration delay, std::function<void()> action) { at(now_ + delay, std::move(action)); }

    void wait_until(std::unique_lock<std::mutex>& lock, std::condition_variable& /*changed*/,
                    TimePoint until) override {
        lock.unlock();
        spin_until(until);
        lock.lock();
    }
    void spin_until(TimePoint until) noexcept override {
        const auto next = script_.begin();
        if (next == script_.end() || next->first > until) {
            now_ = std::max(now_, until);
            return;
        }
        now_ = std::max(now_, next->first);
        const auto action = std::move(next->second);
        script_.erase(next);
        action();
    }

  private:
    TimePoint now_{std::chrono::hours(1)};
    std::multimap<TimePoint, std::function<void()>> script_;
};

/// A board whose line 0 is driven from outside, armed, and streamed in the test's own thread.
class StreamRig {
  public:
    explicit StreamRig(const sim::BoardConfig& config)
        : rig(clock, config), chip(rig.chip(log, 0, std::chrono::microseconds(0))) {
        drive(false);
        line = chip->export_line(0, 1);
        const auto now = read_pins(chip->bus(), mpsse::Banks::low, rig.deadline());
        REQUIRE_FALSE(now.error);
        edges.emplace(*line);
        line->set_edge(gpio::Edge::both, &now.sample);
    }
    StreamRig(const StreamRig&) = delete;
    StreamRig& operator=(const StreamRig&) = delete;

    void drive(bool level) {
        rig.board().set_drive({0, 0}, level ? sim::Drive::high : sim::Drive::low);
    }
    /// Streams for that long, and until what is under way then has ended.
    std::error_code stream(Duration time) {
        end_ = clock.now() + time;
        // One pointer, for which no std::function asks for memory.
        return chip->bus().stream(rig.timeout, [this] { return clock.now() < end_; });
    }

    ScriptedClock clock;
    ChipLog log;
    Rig rig;
    std::shared_ptr<gpio::Chip> chip;
    std::shared_ptr<gpio::Line> line;
    std::optional<EdgeTaker> edges;

  private:
    TimePoint end_;
};

/// A board on a high-speed bus whose engine takes that long for a command.
inline sim::BoardConfig paced_board(std::uint32_t engine_ns) {
    sim::BoardConfig config;
    config.chip = "FT232H";
    config.usb = sim::UsbSpeed::high;
    config.engine_ns = engine_ns;
    return config;
}

}  // namespace gpiofs::test
