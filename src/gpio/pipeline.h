#pragma once

#include "base/clock.h"
#include "gpio/engine.h"
#include "mpsse/command.h"
#include "mpsse/pins.h"
#include "mpsse/reply.h"
#include "transport/transport.h"

#include <system_error>

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

namespace gpiofs::gpio {

/// Batches whose sender does something else until they are answered: other batches are sent behind
/// them, or other people are answered.
///
/// Takes the place of Engine::exchange() from send() until everything has been answered; the engine
/// is in step at the beginning, and out of step at the end if something failed or, when it is
/// destroyed, an answer was still to come. Thread-bound to whoever holds the bus.
class Pipeline {
  public:
    /// Replies that may be outstanding, in bytes with status bytes.
    static constexpr std::size_t capacity = std::size_t{8} * 4096;

    /// When IN transfers are posted: always as many as all outstanding replies need, so that a full
    /// reply FIFO only pauses the engine and nothing can wait in a circle, or one, when a reply is
    /// outstanding, for one small batch at a time.
    enum class Posting { always, for_a_reply };

    Pipeline(Engine& engine, Posting posting);
    Pipeline(const Pipeline&) = delete;
    Pipeline& operator=(const Pipeline&) = delete;
    /// Ends what is under way.
    ~Pipeline();

    /// Sends a batch behind those under way. `after` is the shadow once the chip has taken it;
    /// nothing for a batch that only reads, which can be cut anywhere without harm.
    std::error_code send(const mpsse::CommandBuffer& commands,
                         const std::optional<mpsse::PortState>& after);
    /// Waits until something has come or gone; the shadow is up to date then. ETIMEDOUT if nothing
    /// has by the deadline. After an error nothing is under way.
    std::error_code wait(TimePoint deadline);
    /// Waits until everything that was sent has gone and has been answered.
    std::error_code finish(TimePoint deadline);

    /// Replies that have come and were not dropped, without status bytes.
    std::span<const std::uint8_t> replies() const noexcept { return parser_.payload(); }
    void drop_replies(std::size_t count) noexcept { parser_.drop(count); }

    /// Reply bytes in a full packet.
    std::size_t packet_payload() const noexcept { return parser_.packet_payload(); }

    /// The shadow when all that was sent has been taken.
    const mpsse::PortState& shadow() const noexcept { return shadow_; }

  private:
    struct Out {
        std::vector<std::uint8_t> bytes;
        std::optional<mpsse::PortState> after;
    };

    bool finished() const noexcept { return outs_.empty() && expected_ == 0; }
    std::size_t wanted_ins() const noexcept;
    std::error_code post();
    std::vector<std::uint8_t> spare();
    std::error_code sent(const transport::Transfer& transfer);
    std::error_code received(const transport::Transfer& transfer);
    /// Cancels the rest and takes down how far the chip got.
    std::error_code fail(std::error_code error, transport::Direction direction);
    void collect_all();

    Engine& engine_;
    const Posting posting_;
    mpsse::ReplyParser parser_;
    mpsse::PortState shadow_;
    /// Reply bytes that the batches sent so far cause and that have not come.
    std::size_t expected_ = 0;
    std::deque<Out> outs_;
    std::deque<std::vector<std::uint8_t>> ins_;
    std::vector<std::vector<std::uint8_t>> spare_;
};

}  // namespace gpiofs::gpio
