// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "gpio/incident_log.h"
#include "gpio/on_exit.h"
#include "mpsse/command.h"
#include "mpsse/reply.h"
#include "transport/transport.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace gpiofs::gpio {

/// The MPSSE engine of one interface: starting it, exchanging commands for replies, and the ladder
/// that brings it back into step after a failure.
///
/// The ladder, run by ensure_in_step() after a failure, each rung logged as IncidentLog does.
/// First, as rung 0, an interface that was taken away is claimed again: the kernel takes it when
/// the board is reset, resumed or configured anew, and others may unbind it. While something else
/// has it nothing is sent, and accesses fail with EBUSY. A chip that lost its power without leaving
/// the bus is asked for its latency timer first, which it has forgotten then; it goes to rung 3 at
/// once, because a UART would send what rungs 1 and 2 write out on its pins:
/// 1. the rest of a write that was cut short is sent, so that a half-fed command is completed with
///    the bytes that were meant;
/// 2. old replies are purged and the stream is found again by the echo of a bad command;
/// 3. MPSSE mode is left and entered again and the shadow is sent in one write; this interrupts
///    outputs. It is tried only while the chip still sends status packets, because a chip that
///    sends nothing at all would not hear it.
/// Rungs 1 and 2 move no pin that the interrupted write had not been told to move.
/// Power can go during the ladder too: the latency timer is asked for again before and after rung
/// 3, and the shadow that rung 3 sends ends with a read whose reply proves that it has arrived.
///
/// Thread-bound to whoever holds the bus, except abort().
class Engine {
  public:
    /// How long writes are believed without a reply.
    static constexpr auto proof_interval = std::chrono::seconds(1);

    /// `name` starts log lines: "1-1.2 (0403:6014) A". `banks` are those the chip has pins on.
    Engine(std::unique_ptr<transport::Transport> transport, std::string name, mpsse::Banks banks,
           const Clock& clock);
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;
    /// An engine that nobody stopped, because the start failed half way, is left as by
    /// OnExit::automatic: the transport gives the interface back to its driver.
    ~Engine();

    /// Enters MPSSE mode with all lines as inputs. The order is purge OUT, mode 0, mode MPSSE,
    /// purge IN, bad-command echo: bytes still queued when mode 0 is selected would be played out
    /// on the pins by the UART. Throws std::system_error: EPROTO the chip does not keep what it is
    /// given, and so is no FTDI chip.
    void start(TimePoint deadline);

    /// False after a failure, until ensure_in_step() has mended it.
    bool in_step() const noexcept { return in_step_; }
    /// Whether the next write must be followed by a read, because the chip's last answer is
    /// `proof_interval` old: a chip that lost its power is a UART again and takes every write.
    bool proof_due() const noexcept { return clock_.now() - last_answer_ >= proof_interval; }
    /// Does nothing unless the last exchange failed, or the chip's last answer is `proof_interval`
    /// old and the interface was taken away since; then climbs the ladder. The shadow may be
    /// another afterwards, so a batch is composed after this call. ENOMEM if memory runs out on the
    /// way, as send() and receive(): the engine is out of step then.
    std::error_code ensure_in_step(TimePoint deadline) noexcept;
    /// Whether ensure_in_step() has found since the last call that the chip had lost its power.
    bool take_power_loss() noexcept { return std::exchange(power_lost_, false); }
    /// Sends a batch; the engine is in step. `after` is the shadow once the batch has run; it is
    /// committed when the chip has taken all the bytes.
    std::error_code send(const mpsse::CommandBuffer& commands, const mpsse::PortState& after,
                         TimePoint deadline) noexcept;
    /// Collects the replies of the batch that was sent, `count` bytes without status bytes.
    std::error_code receive(std::size_t count, TimePoint deadline) noexcept;
    /// What the last successful receive() has collected.
    std::span<const std::uint8_t> reply() const noexcept { return parser_.payload(); }

    const mpsse::PortState& shadow() const noexcept { return shadow_; }

    /// Leaves the chip as `how` says; no exchange may follow.
    void stop(OnExit how, TimePoint deadline) noexcept;

    /// Ends the start or exchange under way and every later one with ECANCELED; stop() still works.
    /// Any thread.
    void abort() noexcept {
        aborted_ = true;
        transport_->abort();
    }

  private:
    friend class Pipeline;

    /// Runs a step that may ask for memory; without it the engine is out of step.
    template <typename Step>
    std::error_code guarded(Step step) noexcept;
    std::error_code send_bytes(std::span<const std::uint8_t> bytes, const mpsse::PortState& after,
                               TimePoint deadline);
    std::error_code receive_bytes(std::size_t count, TimePoint deadline);
    std::error_code get_in_step(TimePoint deadline);
    std::error_code read_packet(TimePoint deadline);
    std::error_code fail(std::error_code error, transport::Direction direction) noexcept;
    /// Two bad commands, each answered by its own echo: an echo left over from an earlier attempt
    /// can pass for the first, never for the second.
    std::error_code synchronise(TimePoint deadline);
    std::error_code await_echo(mpsse::Opcode opcode, TimePoint deadline);
    /// Rung 0.
    transport::Claim claim_again();
    bool is_still_claimed();
    /// What the engine has sent on request, and not the chip of its own accord, has arrived.
    void note_answer() noexcept { last_answer_ = clock_.now(); }
    /// In milliseconds; nothing if the chip does not say.
    std::optional<std::uint8_t> latency_timer(TimePoint deadline);
    /// EPROTO if the chip answers with another latency timer than it was given. One that does not
    /// answer is accepted with a warning.
    std::error_code check_settings(TimePoint deadline);
    /// Whether the chip has the settings of power-up; no, if it does not say.
    bool forgot_settings(TimePoint deadline);
    /// Rungs 1 to 3, each if the one before it was not enough.
    std::error_code climb(TimePoint deadline);
    void note_power_loss();
    std::error_code restart(TimePoint deadline);
    std::error_code enter_mpsse(TimePoint deadline);
    /// Ends with a read, so that it fails if the chip has not executed it.
    std::error_code send_shadow(TimePoint deadline);

    std::unique_ptr<transport::Transport> transport_;
    std::string name_;
    mpsse::Banks banks_;
    const Clock& clock_;
    mpsse::ReplyParser parser_;
    std::vector<std::uint8_t> in_buffer_;
    mpsse::PortState shadow_;

    TimePoint last_answer_;
    std::atomic<bool> aborted_ = false;
    bool in_step_ = true;
    bool stopped_ = false;
    /// The board is gone, for ever: there is nothing to recover, and no failure to tell of.
    bool gone_ = false;
    /// The tail of a write that was cut short, and the shadow that holds once it is sent.
    std::vector<std::uint8_t> unsent_;
    mpsse::PortState unsent_state_;
    /// The chip answered with the latency timer it was given, so that it can be told from one that
    /// was powered up since.
    bool keeps_settings_ = false;
    bool power_lost_ = false;
    /// MPSSE mode was left on the way, and the shadow has not been sent since.
    bool pins_lost_ = false;
    /// Set when an IN transfer of the current synchronisation brought at least status bytes.
    bool heard_status_ = false;
    IncidentLog incidents_;
};

}  // namespace gpiofs::gpio
