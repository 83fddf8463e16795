// SPDX-License-Identifier: MIT
#include "check/conversation.h"

#include "base/error.h"
#include "mpsse/request.h"

#include <array>
#include <cerrno>
#include <string>

namespace gpiofs::check {
namespace {

using mpsse::mode_mpsse;
using mpsse::mode_reset;
using mpsse::Opcode;
using mpsse::purge_in;
using mpsse::purge_out;
using mpsse::Request;
using transport::Direction;

constexpr std::size_t status_size = 2;
constexpr std::size_t queued_reads = 2;
constexpr std::size_t packets_per_read = 8;

void check(std::error_code error, const char* what) {
    if (error) {
        throw std::system_error(error, what);
    }
}

constexpr std::uint8_t number(Request request) { return static_cast<std::uint8_t>(request); }

}  // namespace

Conversation::Conversation(transport::Transport& wire, const Clock& clock,
                           const std::atomic<bool>& ended)
    : wire_(wire),
      clock_(clock),
      ended_(ended),
      parser_(wire.packet_size()),
      packet_(wire.packet_size()) {}

void Conversation::enter_mpsse() {
    request(number(Request::reset), purge_out);
    request(number(Request::set_bit_mode), mode_reset);
    request(number(Request::event_character), 0);
    request(number(Request::error_character), 0);
    request(number(Request::set_bit_mode), mode_mpsse);
    request(number(Request::reset), purge_in);
    await_echo(Opcode::bad);
    await_echo(Opcode::other_bad);
}

void Conversation::set_latency_timer(std::uint8_t milliseconds) {
    request(number(Request::set_latency_timer), milliseconds);
}

std::optional<std::uint8_t> Conversation::latency_timer() {
    stop_if_ended();
    std::array<std::uint8_t, 1> answer{};
    const auto [bytes, error] =
        wire_.control_in(number(Request::get_latency_timer), 0, answer, clock_.now() + patience);
    if (error == errno_code(ENODEV)) {
        throw_errno(ENODEV, "the latency timer");
    }
    return error || bytes != answer.size() ? std::nullopt : std::optional(answer[0]);
}

Bytes Conversation::ask(std::span<const std::uint8_t> commands, Opcode marker) {
    mpsse::CommandBuffer end;
    end.bad_command(marker);
    end.send_immediate();
    Bytes batch(commands.begin(), commands.end());
    batch.insert(batch.end(), end.bytes().begin(), end.bytes().end());

    const TimePoint deadline = clock_.now() + patience;
    parser_.clear();
    write(batch, deadline);
    for (;;) {
        if (const auto echo_end = mpsse::end_of_bad_command_echo(parser_.payload(), marker)) {
            const auto reply = parser_.payload().first(*echo_end - end.reply_size());
            return {reply.begin(), reply.end()};
        }
        read_packet(deadline);
    }
}

TimedReply Conversation::exchange(const mpsse::CommandBuffer& commands) {
    const TimePoint start = clock_.now();
    parser_.clear();
    write(commands.bytes(), start + patience);
    while (parser_.payload().size() < commands.reply_size()) {
        read_packet(start + patience);
    }
    const Duration took = clock_.now() - start;
    if (parser_.payload().size() > commands.reply_size()) {
        throw_errno(EIO, "more bytes came than were asked for");
    }
    return {{parser_.payload().begin(), parser_.payload().end()}, took};
}

TimedReply Conversation::exchange_queued(const mpsse::CommandBuffer& commands) {
    stop_if_ended();
    Bytes out(commands.bytes().begin(), commands.bytes().end());
    std::array<Bytes, queued_reads> buffers;
    buffers.fill(Bytes(packets_per_read * packet_size()));
    parser_.clear();
    const TimePoint start = clock_.now();
    try {
        collect_replies(out, buffers, commands.reply_size(), start + patience);
    } catch (...) {
        discard_queued();
        throw;
    }
    const Duration took = clock_.now() - start;
    discard_queued();
    return {{parser_.payload().begin(), parser_.payload().end()}, took};
}

void Conversation::collect_replies(std::span<std::uint8_t> out, std::span<Bytes> buffers,
                                   std::size_t count, TimePoint deadline) {
    for (Bytes& buffer : buffers) {
        check(wire_.submit(Direction::in, buffer), "a read");
    }
    check(wire_.submit(Direction::out, out), "a write");
    std::size_t next = 0;
    while (parser_.payload().size() < count) {
        stop_if_ended();
        const auto ended = wire_.collect(deadline);
        if (!ended || clock_.now() >= deadline) {
            throw_errno(ETIMEDOUT, "the replies to a batch");
        }
        if (ended->direction == Direction::out) {
            check(ended->transfer.error, "a write");
            continue;
        }
        Bytes& buffer = buffers[next];
        next = (next + 1) % buffers.size();
        parser_.feed(std::span(buffer).first(ended->transfer.bytes));
        check(ended->transfer.error, "a read");
        if (parser_.payload().size() < count) {
            check(wire_.submit(Direction::in, buffer), "a read");
        }
    }
    if (parser_.payload().size() > count) {
        throw_errno(EIO, "more bytes came than were asked for");
    }
}

void Conversation::discard_queued() noexcept {
    wire_.cancel();
    while (wire_.collect(TimePoint::max())) {
    }
}

void Conversation::request(std::uint8_t request, std::uint16_t value) {
    stop_if_ended();
    check(wire_.control_out(request, value, clock_.now() + patience), "a control request");
}

void Conversation::write(std::span<const std::uint8_t> bytes, TimePoint deadline) {
    stop_if_ended();
    const auto [sent, error] = wire_.write(bytes, deadline);
    check(error, "a write");
    if (sent != bytes.size()) {
        throw_errno(EIO, "a write was cut short");
    }
}

void Conversation::read_packet(TimePoint deadline) {
    stop_if_ended();
    const auto [bytes, error] = wire_.read(packet_, deadline);
    parser_.feed(std::span(packet_).first(bytes));
    if (bytes >= status_size) {
        status_.assign(packet_.begin(), packet_.begin() + status_size);
    }
    check(error, "the reply");
    // A chip that keeps sending packets lets no transfer run into the deadline.
    if (clock_.now() >= deadline) {
        throw_errno(ETIMEDOUT, "the reply");
    }
}

void Conversation::await_echo(Opcode opcode) {
    mpsse::CommandBuffer probe;
    probe.bad_command(opcode);
    probe.send_immediate();
    const TimePoint deadline = clock_.now() + patience;
    parser_.clear();
    write(probe.bytes(), deadline);
    while (!mpsse::end_of_bad_command_echo(parser_.payload(), opcode)) {
        // All but what may be the first half of the echo; a board may send for ever.
        parser_.drop(parser_.payload().empty() ? 0 : parser_.payload().size() - 1);
        read_packet(deadline);
    }
}

void Conversation::stop_if_ended() const {
    if (ended_) {
        throw_errno(ECANCELED, "ended by a signal");
    }
}

}  // namespace gpiofs::check
