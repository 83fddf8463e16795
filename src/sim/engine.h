// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "sim/byte_fifo.h"
#include "sim/chip_profile.h"
#include "sim/counters.h"
#include "sim/opcodes.h"
#include "sim/pins.h"
#include "sim/reply_buffer.h"

#include <array>
#include <cstdint>

namespace gpiofs::sim {

/// The MPSSE interpreter of one interface: takes command bytes as they come, keeps a half-received
/// command for ever, stalls on a full reply FIFO and on commands that wait for a pin. It advances
/// in steps, each at an exact time. Shifts take their clock's time and their data bytes but do not
/// move pins; what they read is the level of bit 2 (or the data written, with loopback).
/// Thread-bound.
class Engine {
  public:
    /// All references outlive the engine. `command_time`: what a command takes, apart from clocks.
    Engine(const ChipProfile& chip, unsigned interface, Duration command_time, ByteFifo& commands,
           ReplyBuffer& replies, Pins& pins, Counters& counters);

    /// Forgets everything: no command half received, all pins inputs, loopback and open drain off.
    void reset(TimePoint now);

    /// When the next step is due; TimePoint::max() while the engine waits for bytes, for room or
    /// for a pin.
    TimePoint next_step() const noexcept {
        switch (state_) {
            case State::fetch:
            case State::arguments:
            case State::shift_data:
                return commands_.empty() ? TimePoint::max() : at_;
            case State::execute:
            case State::clocking:
                return at_;
            case State::reply:
                return replies_.room() == 0 ? TimePoint::max() : at_;
            case State::wait:
                break;
        }
        return TimePoint::max();
    }
    /// Makes that step.
    void step();
    /// Command bytes, or room for replies, have come at `now`.
    void resume(TimePoint now) noexcept;
    /// Levels may have changed at `now`.
    void pins_changed(TimePoint now);
    bool waits_for_pin() const noexcept { return awaited_ != Await::no; }

    /// Whether a command is being executed or stalled; a half-received one is not.
    bool busy() const noexcept;

  private:
    enum class State : std::uint8_t {
        fetch,
        arguments,
        execute,
        shift_data,
        clocking,
        wait,
        reply
    };
    enum class Await : std::uint8_t { no, high, low };

    void fetch();
    void take_arguments();
    void execute();
    void set_bank(bool high);
    void get_bank(bool high);
    void begin_wait(Await level, std::uint64_t count);
    void begin_shift();
    void next_unit();
    void begin_clocks(std::uint64_t count);
    void end_unit();
    void push_replies();
    std::uint8_t shifted_in();
    Duration clocks(std::uint64_t count) const noexcept;
    std::uint64_t length_argument() const noexcept;
    bool awaited_level_is_there(TimePoint now);

    const ChipProfile& chip_;
    const unsigned interface_;
    const Duration command_time_;
    ByteFifo& commands_;
    ReplyBuffer& replies_;
    Pins& pins_;
    Counters& counters_;

    State state_ = State::fetch;
    /// When the present state may end: the engine is free, or what it does is done.
    TimePoint at_;
    std::uint8_t code_ = 0;
    Opcode opcode_;
    /// What every opcode means on this chip.
    std::array<Opcode, 256> opcodes_;
    std::array<std::uint8_t, 2> arguments_{};
    unsigned arguments_taken_ = 0;
    std::array<std::uint8_t, 2> pending_{};
    unsigned pending_first_ = 0;
    unsigned pending_end_ = 0;
    /// Units (bytes, or one group of bits) of a shift that are still to be done.
    std::uint64_t units_ = 0;
    unsigned clocks_per_unit_ = 0;
    std::uint8_t data_ = 0;
    Await awaited_ = Await::no;

    PinOutputs outputs_;
    bool loopback_ = false;
    bool divide_by_5_ = true;
    unsigned divisor_ = 0;
};

}  // namespace gpiofs::sim
