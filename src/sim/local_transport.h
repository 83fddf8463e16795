// SPDX-License-Identifier: MIT
#pragma once

#include "sim/local_board.h"
#include "transport/transport.h"

#include <atomic>
#include <deque>
#include <memory>
#include <optional>

namespace gpiofs::sim {

/// An interface of a virtual board, used in the caller's thread without any bus in between. As
/// transport::Transport documents it; the hot path neither allocates nor sleeps on instant boards.
class LocalTransport final : public transport::Transport {
  public:
    /// `interface` has been claimed; the destructor releases it.
    LocalTransport(std::shared_ptr<LocalBoard> board, unsigned interface);
    ~LocalTransport() override;

    transport::Claim claim_again() override { return {}; }
    std::size_t packet_size() const noexcept override;
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
    void give_back_driver(bool /*yes*/) noexcept override {}

  private:
    transport::Transfer control(const SetupPacket& setup, std::span<std::uint8_t> data);
    transport::Transfer finish(BulkTransfer transfer, TimePoint deadline);
    /// Brings the oldest transfer of each direction to the present, both to the same. When to look
    /// again.
    TimePoint advance_oldest();
    /// Takes the one of them that has ended first, if one has.
    std::optional<transport::EndedTransfer> take_ended();

    const std::shared_ptr<LocalBoard> board_;
    VirtualBoard& chip_;
    const unsigned interface_;
    std::atomic<bool> aborted_ = false;
    std::deque<BulkTransfer> queued_in_;
    std::deque<BulkTransfer> queued_out_;
};

}  // namespace gpiofs::sim
