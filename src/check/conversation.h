// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "mpsse/command.h"
#include "mpsse/reply.h"
#include "transport/transport.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace gpiofs::check {

using Bytes = std::vector<std::uint8_t>;

/// What a batch was answered, and the time from the first submission to the last reply byte.
struct TimedReply {
    Bytes reply;
    Duration took{};
};

/// Raw exchanges with the MPSSE engine of one claimed interface. Unlike gpio::Engine it accepts any
/// reply, measures, and recovers nothing.
///
/// Every function throws std::system_error: ETIMEDOUT the chip did not answer in time, ECANCELED
/// `ended` was set, ENODEV the board is gone, EIO a wrong number of reply bytes, and what
/// transport::Transport reports. Thread-bound; only `ended` may be set by any thread, and is
/// looked at before each transfer.
class Conversation {
  public:
    /// What one exchange may take. Far more than a healthy board needs: the machine may be busy.
    static constexpr auto patience = std::chrono::seconds(5);

    /// All outlive it.
    Conversation(transport::Transport& wire, const Clock& clock, const std::atomic<bool>& ended);

    /// Enters MPSSE mode in the order that plays nothing out on the pins (see gpio::Engine::start),
    /// and waits for the echoes of two bad commands (AN_135 section 5.3.1, AN_113).
    void enter_mpsse();

    /// In milliseconds, 1 to 255 (DS_FT232H section 4.1).
    void set_latency_timer(std::uint8_t milliseconds);
    /// Nothing if the chip does not tell.
    std::optional<std::uint8_t> latency_timer();

    /// Executes `commands`, of which nothing is expected: the reply is what comes before the echo
    /// of a bad command that is sent behind them. `marker` is that command.
    Bytes ask(std::span<const std::uint8_t> commands,
              mpsse::Opcode marker = mpsse::Opcode::other_bad);
    Bytes ask(const mpsse::CommandBuffer& commands) { return ask(commands.bytes()); }

    /// Writes the batch, then reads its replies: how the program reads a line.
    TimedReply exchange(const mpsse::CommandBuffer& commands);
    /// Writes and reads at once, so that a batch may be longer than the chip's FIFOs.
    TimedReply exchange_queued(const mpsse::CommandBuffer& commands);

    std::size_t packet_size() const noexcept { return wire_.packet_size(); }
    /// Of the packet that was read last by ask() or exchange(), the two bytes of modem and line
    /// status; empty if there was none.
    std::span<const std::uint8_t> status_bytes() const noexcept { return status_; }

  private:
    void request(std::uint8_t request, std::uint16_t value);
    void write(std::span<const std::uint8_t> bytes, TimePoint deadline);
    void read_packet(TimePoint deadline);
    void await_echo(mpsse::Opcode opcode);
    /// Collects until the replies are complete.
    void collect_replies(std::span<std::uint8_t> out, std::span<Bytes> buffers, std::size_t count,
                         TimePoint deadline);
    void discard_queued() noexcept;
    void stop_if_ended() const;

    transport::Transport& wire_;
    const Clock& clock_;
    const std::atomic<bool>& ended_;
    mpsse::ReplyParser parser_;
    Bytes packet_;
    Bytes status_;
};

}  // namespace gpiofs::check
