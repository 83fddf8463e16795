// SPDX-License-Identifier: MIT
#pragma once

#include "alive.h"
#include "transport/transport.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>

namespace gpiofs::explore {

/// The far end of one USB interface: a chip that answers each GET with its levels, and a witness of
/// how the driver behaves. Outlives its transport.
struct Wire {
    /// Makes the transport, once.
    std::unique_ptr<transport::Transport> connect();

    std::uint8_t levels = 0;
    /// Unplugged: every transfer fails with ENODEV.
    bool gone = false;
    /// Does not answer: a transfer lasts until it is aborted or the board goes.
    bool silent = false;
    /// So many transfers, from the next on, end with ETIMEDOUT and move nothing.
    unsigned time_outs = 0;
    /// Called once, by whoever transfers next, before the transfer.
    std::function<void()> at_next_transfer;

    // What came to pass.
    unsigned transfers = 0;
    bool in_transfer = false;
    bool aborted = false;
    /// How often the engine was stopped, and whether the interface was released after that.
    unsigned stops = 0;
    bool released = false;
};

/// Each transfer is a step, in the middle of which the others have their chance. Fails the run if
/// two threads transfer at once, or one after the engine was stopped or the transport destroyed.
/// Knows no deadline: where nothing ends a transfer, that is a deadlock of the program's. The bus
/// and the chip take no time, but what is queued is done when it is collected.
class WireTransport final : public transport::Transport {
  public:
    explicit WireTransport(Wire& wire) : wire_(wire) {}
    ~WireTransport() override;

    transport::Claim claim_again() override { return {}; }
    std::size_t packet_size() const noexcept override { return 64; }
    std::error_code control_out(std::uint8_t request, std::uint16_t value,
                                TimePoint deadline) override;
    transport::Transfer control_in(std::uint8_t request, std::uint16_t value,
                                   std::span<std::uint8_t> data, TimePoint deadline) override;
    transport::Transfer write(std::span<const std::uint8_t> data, TimePoint deadline) override;
    transport::Transfer read(std::span<std::uint8_t> data, TimePoint deadline) override;
    std::error_code submit(transport::Direction direction, std::span<std::uint8_t> data) override;
    std::optional<transport::EndedTransfer> collect(TimePoint deadline) override;
    void cancel() noexcept override;
    std::error_code clear_halt(transport::Direction direction) override;
    void abort() noexcept override;
    bool detached_driver() const noexcept override { return false; }
    void give_back_driver(bool yes) noexcept override;

  private:
    struct Queued {
        transport::Direction direction;
        std::span<std::uint8_t> data;
        bool cancelled = false;
    };

    std::error_code transfer(const char* doing);

    Wire& wire_;
    Alive alive_;
    std::deque<std::uint8_t> replies_;
    std::deque<Queued> queued_;  ///< in order of submission
};

}  // namespace gpiofs::explore
