// SPDX-License-Identifier: MIT
#include "sim/engine.h"

#include <algorithm>
#include <cstddef>

namespace gpiofs::sim {
namespace {

/// First byte of the answer to a bad command, AN_108 section 6.1.
constexpr std::uint8_t bad_command_mark = 0xfa;
/// The pins that shifts read (TDO/DI) and that 88, 89 and the like wait for (GPIOL1).
constexpr PinBits tdo_pin = 1U << 2;
constexpr PinBits gpiol1_pin = 1U << 5;

}  // namespace

Engine::Engine(const ChipProfile& chip, unsigned interface, Duration command_time,
               ByteFifo& commands, ReplyBuffer& replies, Pins& pins, Counters& counters)
    : chip_(chip),
      interface_(interface),
      command_time_(command_time),
      commands_(commands),
      replies_(replies),
      pins_(pins),
      counters_(counters) {
    for (unsigned code = 0; code < opcodes_.size(); ++code) {
        opcodes_[code] = decode(static_cast<std::uint8_t>(code), chip);
    }
}

void Engine::reset(TimePoint now) {
    state_ = State::fetch;
    at_ = now;
    pending_first_ = pending_end_ = 0;
    units_ = 0;
    awaited_ = Await::no;
    outputs_ = {};
    loopback_ = false;
    divide_by_5_ = true;
    divisor_ = 0;
    pins_.set_outputs(interface_, outputs_, now);
}

bool Engine::busy() const noexcept {
    return state_ == State::execute || state_ == State::clocking || state_ == State::wait ||
           state_ == State::reply;
}

void Engine::resume(TimePoint now) noexcept {
    if (state_ != State::wait) {
        at_ = std::max(at_, now);
    }
}

void Engine::pins_changed(TimePoint now) {
    if (!waits_for_pin() || !awaited_level_is_there(now)) {
        return;
    }
    awaited_ = Await::no;
    units_ = 0;
    state_ = State::fetch;
    at_ = now;
}

void Engine::step() {
    switch (state_) {
        case State::fetch:
            fetch();
            break;
        case State::arguments:
            take_arguments();
            break;
        case State::execute:
            execute();
            break;
        case State::shift_data:
            data_ = commands_.pop();
            begin_clocks(clocks_per_unit_);
            break;
        case State::clocking:
            end_unit();
            break;
        case State::reply:
            push_replies();
            break;
        case State::wait:
            break;
    }
}

void Engine::fetch() {
    code_ = commands_.pop();
    opcode_ = opcodes_[code_];
    arguments_taken_ = 0;
    state_ = State::arguments;
    take_arguments();
}

void Engine::take_arguments() {
    while (arguments_taken_ < opcode_.arguments && !commands_.empty()) {
        arguments_[arguments_taken_] = commands_.pop();
        ++arguments_taken_;
    }
    if (arguments_taken_ == opcode_.arguments) {
        state_ = State::execute;
        at_ += command_time_;
    }
}

void Engine::execute() {
    ++counters_.opcodes;
    state_ = State::fetch;
    switch (opcode_.action) {
        case Action::refuse:
            ++counters_.bad_opcodes;
            pending_ = {bad_command_mark, code_};
            pending_first_ = 0;
            pending_end_ = 2;
            state_ = State::reply;
            break;
        case Action::set_low:
        case Action::set_high:
            set_bank(opcode_.action == Action::set_high);
            break;
        case Action::get_low:
        case Action::get_high:
            get_bank(opcode_.action == Action::get_high);
            break;
        case Action::loopback_on:
        case Action::loopback_off:
            loopback_ = opcode_.action == Action::loopback_on;
            break;
        case Action::set_divisor:
            divisor_ = arguments_[0] | static_cast<unsigned>(arguments_[1]) << 8U;
            break;
        case Action::divide_by_5_off:
        case Action::divide_by_5_on:
            divide_by_5_ = opcode_.action == Action::divide_by_5_on;
            break;
        case Action::send_immediate:
            replies_.send_now();
            break;
        case Action::wait_high:
        case Action::clock_until_high:
            begin_wait(Await::high, 0);
            break;
        case Action::wait_low:
        case Action::clock_until_low:
            begin_wait(Await::low, 0);
            break;
        case Action::clock_bytes_or_high:
            begin_wait(Await::high, 8 * length_argument());
            break;
        case Action::clock_bytes_or_low:
            begin_wait(Await::low, 8 * length_argument());
            break;
        case Action::set_open_drain:
            outputs_.open_drain =
                static_cast<PinBits>(arguments_[0] | static_cast<unsigned>(arguments_[1]) << 8U);
            pins_.set_outputs(interface_, outputs_, at_);
            break;
        case Action::ignore:
            break;
        case Action::clock_bits:
            units_ = 1;
            begin_clocks((arguments_[0] & 7U) + 1);
            break;
        case Action::clock_bytes:
            units_ = 1;
            begin_clocks(8 * length_argument());
            break;
        case Action::shift_bytes:
        case Action::shift_bits:
            begin_shift();
            break;
    }
}

void Engine::set_bank(bool high) {
    const unsigned shift = high ? 8 : 0;
    const auto merged = [shift](PinBits old, unsigned byte) {
        return static_cast<PinBits>((old & ~(0xffU << shift)) | byte << shift);
    };
    outputs_.levels = merged(outputs_.levels, arguments_[0]);
    outputs_.outputs = merged(outputs_.outputs, arguments_[1]);
    pins_.set_outputs(interface_, outputs_, at_);
}

void Engine::get_bank(bool high) {
    const unsigned levels = pins_.levels(interface_, at_);
    pending_[0] = static_cast<std::uint8_t>(high ? levels >> 8U : levels);
    pending_first_ = 0;
    pending_end_ = 1;
    state_ = State::reply;
}

void Engine::begin_wait(Await level, std::uint64_t count) {
    awaited_ = level;
    if (awaited_level_is_there(at_)) {
        awaited_ = Await::no;
    } else if (count == 0) {
        state_ = State::wait;
    } else {
        units_ = 1;
        begin_clocks(count);
    }
}

bool Engine::awaited_level_is_there(TimePoint now) {
    const bool high = (pins_.levels(interface_, now) & gpiol1_pin) != 0;
    return high == (awaited_ == Await::high);
}

void Engine::begin_shift() {
    const bool bytes = opcode_.action == Action::shift_bytes;
    units_ = bytes ? length_argument() : 1;
    clocks_per_unit_ = bytes ? 8 : (arguments_[0] & 7U) + 1;
    next_unit();
}

void Engine::next_unit() {
    if (units_ == 0) {
        state_ = State::fetch;
    } else if (opcode_.shift_takes_data) {
        state_ = State::shift_data;
    } else {
        begin_clocks(clocks_per_unit_);
    }
}

void Engine::begin_clocks(std::uint64_t count) {
    at_ += clocks(count);
    state_ = State::clocking;
}

void Engine::end_unit() {
    --units_;
    awaited_ = Await::no;
    if (opcode_.shift_replies) {
        pending_[0] = shifted_in();
        pending_first_ = 0;
        pending_end_ = 1;
        state_ = State::reply;
    } else {
        next_unit();
    }
}

void Engine::push_replies() {
    while (pending_first_ < pending_end_ && replies_.room() > 0) {
        replies_.push(pending_[pending_first_]);
        ++pending_first_;
    }
    if (pending_first_ == pending_end_) {
        next_unit();
    }
}

std::uint8_t Engine::shifted_in() {
    const bool high = (pins_.levels(interface_, at_) & tdo_pin) != 0;
    const unsigned raw = loopback_ && opcode_.shift_takes_data ? data_ : (high ? 0xffU : 0U);
    if (opcode_.action == Action::shift_bytes) {
        return static_cast<std::uint8_t>(raw);
    }
    // An incomplete byte fills from the end where its bits come in: AN_108 sections 3.3 and 3.4.
    const unsigned missing = 8 - clocks_per_unit_;
    return static_cast<std::uint8_t>(opcode_.lsb_first ? raw << missing : (raw & 0xffU) >> missing);
}

Duration Engine::clocks(std::uint64_t count) const noexcept {
    // AN_108 section 3.8: 12 or 60 MHz / (2 * (1 + divisor)); the FT2232D has 12 MHz only.
    const std::uint64_t megahertz = chip_.h_opcodes && !divide_by_5_ ? 60 : 12;
    const std::uint64_t half_periods = count * 2 * (1 + std::uint64_t{divisor_});
    return Duration(static_cast<Duration::rep>(half_periods * 1000 / megahertz));
}

std::uint64_t Engine::length_argument() const noexcept {
    return (arguments_[0] | static_cast<std::uint64_t>(arguments_[1]) << 8U) + 1;
}

}  // namespace gpiofs::sim
