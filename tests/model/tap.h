// SPDX-License-Identifier: MIT
#pragma once

#include "transport/transport.h"

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace gpiofs::test {

using Bytes = std::vector<std::uint8_t>;

/// A place on the wire where a test looks at what passes, holds it up or cuts it short.
/// Thread-safe.
class Tap {
  public:
    struct Request {
        std::uint8_t request = 0;
        std::uint16_t value = 0;
        bool operator==(const Request&) const = default;
    };

    // What has passed since the last forget().
    std::vector<Request> requests() const;
    std::vector<Bytes> writes() const;
    void forget();

    /// Stops every write before the chip sees it, until release() or an abort.
    void hold();
    /// Whether a write has come to stand at the tap.
    bool somebody_held() const;
    void release();

    /// The next write gives the chip only its first `bytes`, and fails with ETIMEDOUT.
    void cut_next_write(std::size_t bytes);

    /// Runs once, in the writer's thread, when the chip has the bytes of the next write.
    void after_next_write(std::function<void()> action);
    /// The same for a write that is queued.
    void after_next_submit(std::function<void()> action);
    /// Runs once, before the chip sees the unqueued bulk transfer that follows `others` more.
    void before_transfer(unsigned others, std::function<void()> action);

    // What a real interface knows of kernel drivers and a virtual one does not.
    void set_driver_detached();
    std::optional<bool> driver_given_back() const;
    /// How the interface is found from now on.
    void set_claim(const transport::Claim& claim);

  private:
    friend class TappedTransport;

    void transfer_begins();

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Request> requests_;
    std::vector<Bytes> writes_;
    std::optional<std::size_t> cut_;
    std::function<void()> after_write_;
    std::function<void()> after_submit_;
    std::function<void()> before_transfer_;
    unsigned transfers_before_ = 0;
    std::optional<bool> given_back_;
    transport::Claim claim_;
    bool detached_ = false;
    bool holding_ = false;
    bool aborted_ = false;
    unsigned held_ = 0;
};

/// Another transport with a tap in it.
class TappedTransport final : public transport::Transport {
  public:
    TappedTransport(std::unique_ptr<transport::Transport> wire, std::shared_ptr<Tap> tap);

    transport::Claim claim_again() override;
    std::size_t packet_size() const noexcept override { return wire_->packet_size(); }
    std::error_code control_out(std::uint8_t request, std::uint16_t value,
                                TimePoint deadline) override;
    transport::Transfer control_in(std::uint8_t request, std::uint16_t value,
                                   std::span<std::uint8_t> data, TimePoint deadline) override {
        return wire_->control_in(request, value, data, deadline);
    }
    transport::Transfer write(std::span<const std::uint8_t> data, TimePoint deadline) override;
    transport::Transfer read(std::span<std::uint8_t> data, TimePoint deadline) override {
        tap_->transfer_begins();
        return wire_->read(data, deadline);
    }
    std::error_code submit(transport::Direction direction, std::span<std::uint8_t> data) override;
    std::optional<transport::EndedTransfer> collect(TimePoint deadline) override {
        return wire_->collect(deadline);
    }
    void cancel() noexcept override { wire_->cancel(); }
    std::error_code clear_halt(transport::Direction direction) override {
        return wire_->clear_halt(direction);
    }
    void abort() noexcept override;
    bool detached_driver() const noexcept override;
    void give_back_driver(bool yes) noexcept override;

  private:
    const std::unique_ptr<transport::Transport> wire_;
    const std::shared_ptr<Tap> tap_;
};

}  // namespace gpiofs::test
