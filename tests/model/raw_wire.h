// SPDX-License-Identifier: MIT
#pragma once

#include "transport/transport.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace gpiofs::test {

/// An interface as another program would use it, in bytes.
class RawWire {
  public:
    static constexpr std::uint8_t bit_mode = 0x0b;
    static constexpr std::uint16_t mode_mpsse = 0x0200;

    RawWire(transport::Transport& wire, const Clock& clock) : wire_(wire), clock_(clock) {}

    void enter_mpsse() { wire_.control_out(bit_mode, mode_mpsse, deadline()); }
    bool write(const std::vector<std::uint8_t>& bytes) {
        return !wire_.write(bytes, deadline()).error;
    }
    /// Whether a command that does not exist is refused, as only an MPSSE engine in step does.
    bool refuses_bad_command() {
        constexpr std::array<std::uint8_t, 2> echo = {0xfa, 0xaa};
        if (!write({0xaa, 0x87})) {
            return false;
        }
        std::array<std::uint8_t, 512> packet{};
        const TimePoint end = deadline();
        while (true) {
            const auto [bytes, error] =
                wire_.read(std::span(packet).first(wire_.packet_size()), end);
            if (error || bytes > 2) {
                return !error && std::ranges::equal(std::span(packet).subspan(2, bytes - 2), echo);
            }
        }
    }

  private:
    TimePoint deadline() const { return clock_.now() + std::chrono::milliseconds(100); }

    transport::Transport& wire_;
    const Clock& clock_;
};

}  // namespace gpiofs::test
