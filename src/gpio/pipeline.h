// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "gpio/engine.h"
#include "gpio/ring.h"
#include "mpsse/command.h"
#include "mpsse/pins.h"
#include "mpsse/reply.h"
#include "transport/transport.h"

#include <system_error>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace gpiofs::gpio {

/// Batches whose sender does something else until they are answered: other batches are sent behind
/// them, or other people are answered.
///
/// Takes the place of Engine::send() and receive() from send() until everything has been answered;
/// the engine is in step at the beginning, and out of step at the end if something failed or, when
/// it is destroyed, an answer was still to come.
///
/// A reply is never told before its cause: what a batch that changes the shadow has caused, and
/// all that follows it, counts as not arrived until the chip is known to have taken that batch and
/// the shadow says so, in whatever order the host controller reports the transfers.
/// Thread-bound to whoever holds the bus.
class Pipeline {
  public:
    /// Replies that may be outstanding, in bytes with status bytes.
    static constexpr std::size_t capacity = std::size_t{32} * 1024;

    /// When IN transfers are posted: always as many as all outstanding replies need, so that a full
    /// reply FIFO only pauses the engine and nothing can wait in a circle, or one, when a reply is
    /// outstanding, for one small batch at a time.
    enum class Posting { always, for_a_reply };

    Pipeline(Engine& engine, Posting posting);
    Pipeline(const Pipeline&) = delete;
    Pipeline& operator=(const Pipeline&) = delete;
    /// Ends what is under way.
    ~Pipeline();

    /// Whether two more batches may be sent now; otherwise wait() first.
    bool has_room() const noexcept { return outs_.size() + 2 <= most_outs; }
    /// Sends a batch behind those under way. `after` is the shadow once the chip has taken it;
    /// nothing for a batch that only reads, which can be cut anywhere without harm.
    std::error_code send(const mpsse::CommandBuffer& commands,
                         const std::optional<mpsse::PortState>& after) noexcept;
    /// Waits until something has come or gone; the shadow is up to date then. ETIMEDOUT if nothing
    /// has by the deadline. After an error nothing is under way. ENOMEM if memory runs out.
    std::error_code wait(TimePoint deadline) noexcept;
    /// Waits until the chip has taken everything that was sent.
    std::error_code finish_sending(TimePoint deadline) noexcept;
    /// Waits until everything that was sent has also been answered.
    std::error_code finish(TimePoint deadline) noexcept;

    /// Replies that may be told and were not dropped, without status bytes.
    std::span<const std::uint8_t> replies() const noexcept;
    void drop_replies(std::size_t count) noexcept { parser_.drop(count); }

    /// Reply bytes in a full packet.
    std::size_t packet_payload() const noexcept { return parser_.packet_payload(); }

    /// The shadow when all that was sent has been taken.
    const mpsse::PortState& shadow() const noexcept { return shadow_; }

  private:
    /// IN transfers under way at most, and batches: two of a stream, each behind one of jobs.
    static constexpr std::size_t most_ins = 32;
    static constexpr std::size_t most_outs = 4;

    struct Out {
        std::vector<std::uint8_t> bytes;
        std::size_t reply_size = 0;
        std::optional<mpsse::PortState> after;
    };

    bool finished() const noexcept { return outs_.empty() && expected_ == 0; }
    template <typename Done>
    std::error_code wait_until(Done done, TimePoint deadline) noexcept;
    std::size_t wanted_ins() const noexcept;
    std::error_code post();
    std::vector<std::uint8_t> spare() noexcept;
    void keep_spare(std::vector<std::uint8_t> buffer) noexcept;
    std::error_code submit(const mpsse::CommandBuffer& commands,
                           const std::optional<mpsse::PortState>& after);
    std::error_code sent(const transport::Transfer& transfer) noexcept;
    std::error_code received(const transport::Transfer& transfer);
    /// Cancels the rest and takes down how far the chip got.
    std::error_code fail(std::error_code error, transport::Direction direction) noexcept;
    void collect_all() noexcept;

    Engine& engine_;
    const Posting posting_;
    mpsse::ReplyParser parser_;
    mpsse::PortState shadow_;
    /// Reply bytes that the batches sent so far cause and that have not come.
    std::size_t expected_ = 0;
    Ring<Out, most_outs> outs_;
    Ring<std::vector<std::uint8_t>, most_ins> ins_;
    std::vector<std::vector<std::uint8_t>> spare_;
};

}  // namespace gpiofs::gpio
