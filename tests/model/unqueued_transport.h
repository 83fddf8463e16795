// SPDX-License-Identifier: MIT
#pragma once

#include "base/error.h"
#include "transport/transport.h"

#include <cerrno>
#include <optional>
#include <span>

namespace gpiofs::test {

/// For stand-ins that transfer one thing at a time: nothing can be queued on them.
class UnqueuedTransport : public transport::Transport {
  public:
    transport::Claim claim_again() override { return {}; }
    std::error_code submit(transport::Direction /*direction*/,
                           std::span<std::uint8_t> /*data*/) override {
        return errno_code(ENOTSUP);
    }
    std::optional<transport::EndedTransfer> collect(TimePoint /*deadline*/) override {
        return std::nullopt;
    }
    void cancel() noexcept override {}
};

}  // namespace gpiofs::test
