// SPDX-License-Identifier: MIT
#pragma once

#include "transport/transport.h"

#include <atomic>
#include <memory>
#include <utility>

namespace gpiofs::bench {

/// Processor time that threads have spent in transports: the virtual board's, not the driver's.
using CpuMeter = std::atomic<Duration::rep>;

/// Of the calling thread so far.
Duration thread_cpu() noexcept;

/// A transport whose calls are metered.
class MeteredTransport final : public transport::Transport {
    template <typename Call>
    auto metered(Call call) {
        const Duration before = thread_cpu();
        auto result = call();
        meter_ += (thread_cpu() - before).count();
        return result;
    }

  public:
    MeteredTransport(std::unique_ptr<transport::Transport> inner, CpuMeter& meter)
        : inner_(std::move(inner)), meter_(meter) {}

    transport::Claim claim_again() override { return inner_->claim_again(); }
    std::size_t packet_size() const noexcept override { return inner_->packet_size(); }
    std::error_code control_out(std::uint8_t request, std::uint16_t value,
                                TimePoint deadline) override {
        return metered([&] { return inner_->control_out(request, value, deadline); });
    }
    transport::Transfer control_in(std::uint8_t request, std::uint16_t value,
                                   std::span<std::uint8_t> data, TimePoint deadline) override {
        return metered([&] { return inner_->control_in(request, value, data, deadline); });
    }
    transport::Transfer write(std::span<const std::uint8_t> data, TimePoint deadline) override {
        return metered([&] { return inner_->write(data, deadline); });
    }
    transport::Transfer read(std::span<std::uint8_t> data, TimePoint deadline) override {
        return metered([&] { return inner_->read(data, deadline); });
    }
    std::error_code submit(transport::Direction direction, std::span<std::uint8_t> data) override {
        return metered([&] { return inner_->submit(direction, data); });
    }
    std::optional<transport::EndedTransfer> collect(TimePoint deadline) override {
        return metered([&] { return inner_->collect(deadline); });
    }
    void cancel() noexcept override {
        metered([&] {
            inner_->cancel();
            return true;
        });
    }
    std::error_code clear_halt(transport::Direction direction) override {
        return inner_->clear_halt(direction);
    }
    void abort() noexcept override { inner_->abort(); }
    bool detached_driver() const noexcept override { return inner_->detached_driver(); }
    void give_back_driver(bool yes) noexcept override { inner_->give_back_driver(yes); }

  private:
    std::unique_ptr<transport::Transport> inner_;
    CpuMeter& meter_;
};

}  // namespace gpiofs::bench
