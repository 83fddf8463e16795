// SPDX-License-Identifier: MIT
#include "gpio/engine.h"

#include "base/error.h"
#include "base/log.h"
#include "mpsse/request.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace gpiofs::gpio {
namespace {

using mpsse::mode_mpsse;
using mpsse::mode_reset;
using mpsse::Opcode;
using mpsse::purge_in;
using mpsse::purge_out;
using mpsse::Request;
using transport::Direction;

/// The latency timer after power-up, and as it is set, in milliseconds (DS_FT232H section 4.1).
/// Replies do not wait for it, every batch ends with send-immediate; it only paces status packets
/// while an IN is pending. That the two differ shows whether the chip was powered up since.
constexpr std::uint8_t power_up_latency_ms = 16;
constexpr std::uint8_t latency_ms = 17;

constexpr int start_attempts = 3;

/// What two control requests may take when nobody has set a deadline.
constexpr auto leaving_time = std::chrono::milliseconds(500);

/// The end of the first of `parts` equal parts of the time that is left.
TimePoint part_of(TimePoint now, TimePoint deadline, int parts) {
    return now + (deadline - now) / parts;
}

}  // namespace

Engine::Engine(std::unique_ptr<transport::Transport> transport, std::string name,
               mpsse::Banks banks, const Clock& clock)
    : transport_(std::move(transport)),
      name_(std::move(name)),
      banks_(banks),
      clock_(clock),
      parser_(transport_->packet_size()),
      in_buffer_(transport_->packet_size()),
      incidents_(name_, clock) {}

Engine::~Engine() {
    if (!stopped_) {
        stop(OnExit::automatic, clock_.now() + leaving_time);
    }
}

void Engine::start(TimePoint deadline) {
    std::error_code error;
    for (int attempt = 0; attempt < start_attempts; ++attempt) {
        const auto limit = part_of(clock_.now(), deadline, start_attempts - attempt);
        error = enter_mpsse(limit);
        if (!error) {
            error = send_shadow(limit);
        }
        if (!error) {
            error = check_settings(limit);
        }
        if (!error) {
            in_step_ = true;
            return;
        }
        if (error == errno_code(ENODEV) || error == errno_code(ECANCELED) ||
            clock_.now() >= deadline) {
            break;
        }
    }
    throw std::system_error(
        error, name_ + (error == errno_code(EPROTO)
                            ? ": an imitation of an FTDI chip, which forgets what it is told and "
                              "may lack lines: choose another board"
                            : ": the chip does not enter MPSSE mode"));
}

template <typename Step>
std::error_code Engine::guarded(Step step) noexcept {
    try {
        return step();
    } catch (...) {
        in_step_ = false;
        return errno_code(ENOMEM);
    }
}

std::error_code Engine::send(const mpsse::CommandBuffer& commands, const mpsse::PortState& after,
                             TimePoint deadline) noexcept {
    return guarded([&] { return send_bytes(commands.bytes(), after, deadline); });
}

std::error_code Engine::receive(std::size_t count, TimePoint deadline) noexcept {
    return guarded([&] { return receive_bytes(count, deadline); });
}

std::error_code Engine::ensure_in_step(TimePoint deadline) noexcept {
    return guarded([&]() -> std::error_code {
        if (in_step_ && proof_due()) {
            in_step_ = is_still_claimed();
        }
        return in_step_ ? std::error_code{} : get_in_step(deadline);
    });
}

std::error_code Engine::send_bytes(std::span<const std::uint8_t> bytes,
                                   const mpsse::PortState& after, TimePoint deadline) {
    unsent_.reserve(bytes.size());  // afterwards it is too late for want of memory
    const auto [sent, error] = transport_->write(bytes, deadline);
    if (sent == bytes.size()) {
        shadow_ = after;
        unsent_.clear();
        if (!error) {
            return {};
        }
    } else if (sent > 0) {
        const auto rest = bytes.subspan(sent);
        unsent_.assign(rest.begin(), rest.end());
        unsent_state_ = after;
    }
    return fail(error ? error : errno_code(EIO), Direction::out);
}

std::error_code Engine::receive_bytes(std::size_t count, TimePoint deadline) {
    parser_.clear();
    while (parser_.payload().size() < count) {
        if (const auto error = read_packet(deadline)) {
            return error;
        }
    }
    if (parser_.payload().size() > count) {
        return fail(errno_code(EIO), Direction::in);
    }
    note_answer();
    return {};
}

std::error_code Engine::read_packet(TimePoint deadline) {
    const auto [bytes, error] = transport_->read(in_buffer_, deadline);
    heard_status_ = heard_status_ || bytes > 0;
    const std::size_t payload = parser_.feed(std::span(in_buffer_).first(bytes));
    if (error) {
        return fail(error, Direction::in);
    }
    // A chip that keeps sending status packets lets no transfer run into the deadline.
    if (payload == 0 && clock_.now() >= deadline) {
        return fail(errno_code(ETIMEDOUT), Direction::in);
    }
    return {};
}

std::error_code Engine::fail(std::error_code error, Direction direction) noexcept {
    in_step_ = false;
    if (error == errno_code(EPIPE)) {
        if (const auto clearing = transport_->clear_halt(direction);
            clearing == errno_code(ENODEV)) {
            error = clearing;
        }
    }
    gone_ = error == errno_code(ENODEV);
    return error;
}

std::error_code Engine::get_in_step(TimePoint deadline) {
    if (gone_) {
        return errno_code(ENODEV);
    }
    std::error_code error = claim_again().error;
    if (error) {
        // Not even a question goes to an interface that something else has.
    } else if (forgot_settings(deadline)) {
        note_power_loss();
        error = restart(deadline);
    } else {
        error = climb(deadline);
    }
    if (!error && pins_lost_) {
        error = send_shadow(deadline);
        pins_lost_ = static_cast<bool>(error);
    }
    if (!error) {
        in_step_ = true;
        incidents_.over();
    }
    gone_ = error == errno_code(ENODEV);
    return error;
}

bool Engine::is_still_claimed() {
    const transport::Claim claim = claim_again();
    return !claim.taken && !claim.error;
}

transport::Claim Engine::claim_again() {
    transport::Claim claim = transport_->claim_again();
    if (claim.taken) {
        incidents_.climbs(
            Rung::claim,
            fmt::format("the interface was taken away{}; {}",
                        claim.holder.empty() ? "" : ", " + claim.holder + " has it",
                        claim.error ? "nothing is sent until it is free" : "claimed it again"));
    }
    return claim;
}

std::optional<std::uint8_t> Engine::latency_timer(TimePoint deadline) {
    std::array<std::uint8_t, 1> answer{};
    const auto [bytes, error] = transport_->control_in(
        static_cast<std::uint8_t>(Request::get_latency_timer), 0, answer, deadline);
    return error || bytes != answer.size() ? std::nullopt : std::optional(answer[0]);
}

std::error_code Engine::check_settings(TimePoint deadline) {
    const auto answer = latency_timer(deadline);
    keeps_settings_ = answer == latency_ms;
    if (!answer) {
        log::warning(name_ +
                     ": the chip does not tell its latency timer, so a loss of its power "
                     "will not be noticed: if it is no FTDI chip, choose another board");
    }
    return answer && !keeps_settings_ ? errno_code(EPROTO) : std::error_code{};
}

bool Engine::forgot_settings(TimePoint deadline) {
    constexpr int parts = 4;  // the rest is for the ladder, should the chip be silent
    return keeps_settings_ &&
           latency_timer(part_of(clock_.now(), deadline, parts)) == power_up_latency_ms;
}

std::error_code Engine::climb(TimePoint deadline) {
    if (!unsent_.empty()) {
        incidents_.climbs(Rung::resend, "a write was cut short; sending the rest of it");
        const std::vector<std::uint8_t> rest = unsent_;
        if (const auto error = send_bytes(rest, unsent_state_, deadline)) {
            return error;
        }
    }
    incidents_.climbs(Rung::resync, "a transfer failed; purging old replies and synchronising");
    heard_status_ = false;
    auto error =
        transport_->control_out(static_cast<std::uint8_t>(Request::reset), purge_in, deadline);
    if (!error) {
        // The other half is for entering MPSSE mode again.
        error = synchronise(part_of(clock_.now(), deadline, 2));
    }
    if (error && heard_status_ && error != errno_code(ENODEV)) {
        if (forgot_settings(deadline)) {
            note_power_loss();
        } else {
            incidents_.climbs(Rung::restart,
                              "not in MPSSE mode any more; outputs were interrupted");
        }
        error = restart(deadline);
    }
    return error;
}

void Engine::note_power_loss() {
    power_lost_ = true;
    incidents_.climbs(
        Rung::power_loss,
        "the chip has lost its power; lines were unexported, and outputs were interrupted");
}

std::error_code Engine::restart(TimePoint deadline) {
    pins_lost_ = true;
    const auto error = enter_mpsse(deadline);
    // Power that goes between two of its requests leaves MPSSE mode entered all the same.
    return !error && forgot_settings(deadline) ? errno_code(EIO) : error;
}

std::error_code Engine::synchronise(TimePoint deadline) {
    for (const Opcode opcode : {Opcode::bad, Opcode::other_bad}) {
        if (const auto error = await_echo(opcode, deadline)) {
            return error;
        }
    }
    return {};
}

std::error_code Engine::await_echo(Opcode opcode, TimePoint deadline) {
    mpsse::CommandBuffer probe;
    probe.bad_command(opcode);
    probe.send_immediate();
    const auto [sent, error] = transport_->write(probe.bytes(), deadline);
    if (error || sent != probe.bytes().size()) {
        return fail(error ? error : errno_code(EIO), Direction::out);
    }
    parser_.clear();
    while (!mpsse::end_of_bad_command_echo(parser_.payload(), opcode)) {
        // All but what may be the first half of the echo; a board may send for ever.
        parser_.drop(parser_.payload().empty() ? 0 : parser_.payload().size() - 1);
        if (clock_.now() >= deadline) {
            return fail(errno_code(ETIMEDOUT), Direction::in);
        }
        if (const auto failed = read_packet(deadline)) {
            return failed;
        }
    }
    note_answer();
    return {};
}

std::error_code Engine::enter_mpsse(TimePoint deadline) {
    struct Step {
        Request request;
        std::uint16_t value;
    };
    constexpr auto steps = std::to_array<Step>({
        {Request::reset, purge_out},
        {Request::set_bit_mode, mode_reset},
        {Request::event_character, 0},
        {Request::error_character, 0},
        {Request::set_latency_timer, latency_ms},
        {Request::set_bit_mode, mode_mpsse},
        {Request::reset, purge_in},
    });
    unsent_.clear();
    for (const Step& step : steps) {
        const auto request = static_cast<std::uint8_t>(step.request);
        if (aborted_) {
            return errno_code(ECANCELED);
        }
        if (const auto error = transport_->control_out(request, step.value, deadline)) {
            return error;
        }
    }
    return synchronise(deadline);
}

std::error_code Engine::send_shadow(TimePoint deadline) {
    mpsse::CommandBuffer commands;
    commands.loopback_off();
    commands.set_pins(shadow_, banks_);
    commands.get_pins(banks_);
    commands.send_immediate();
    const auto error = send_bytes(commands.bytes(), shadow_, deadline);
    return error ? error : receive_bytes(commands.reply_size(), deadline);
}

void Engine::stop(OnExit how, TimePoint deadline) noexcept {
    stopped_ = true;
    const bool reset =
        how == OnExit::reset || (how == OnExit::automatic && transport_->detached_driver());
    if (!reset) {
        transport_->give_back_driver(false);
        return;
    }
    std::error_code error =
        transport_->control_out(static_cast<std::uint8_t>(Request::reset), purge_out, deadline);
    if (!error) {
        error = transport_->control_out(static_cast<std::uint8_t>(Request::set_bit_mode),
                                        mode_reset, deadline);
    }
    transport_->give_back_driver(!error);
}

}  // namespace gpiofs::gpio
