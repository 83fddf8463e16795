// SPDX-License-Identifier: MIT
#pragma once

#include "fuzz/input.h"
#include "sim/virtual_board.h"
#include "support/manual_clock.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>
#include <vector>

namespace gpiofs::test {

/// The host's side of one interface of a virtual board, as bare as can be: it shares nothing with
/// the driver. Thread-bound.
class UsbHost {
  public:
    /// `interface_number` 0 is A. Both arguments outlive it.
    UsbHost(sim::VirtualBoard& board, ManualClock& clock, unsigned interface_number)
        : board_(board),
          clock_(clock),
          index_(static_cast<std::uint16_t>(interface_number + 1)),
          in_(static_cast<std::uint8_t>(0x81 + 2 * interface_number)),
          out_(static_cast<std::uint8_t>(0x02 + 2 * interface_number)) {}

    /// Reset, bit mode off, MPSSE mode, purge: AN_135 section 4.2.
    void enter_mpsse() {
        request(0x00, 1);
        request(0x0b, 0x0000);
        request(0x0b, 0x0200);
        request(0x00, 2);
    }

    /// One OUT transfer, which is given up if the chip is full. Whether it was taken whole.
    bool write(std::span<const std::uint8_t> bytes) {
        auto out = sim::BulkTransfer::out(board_.attachment(), out_, bytes);
        finish(out);
        return out.status() == sim::UsbStatus::complete && out.bytes() == bytes.size();
    }

    /// One IN transfer of so many packets, with their status bytes.
    std::vector<std::uint8_t> read(std::size_t packets = 1) {
        std::vector<std::uint8_t> bytes(packets * board_.packet_size());
        auto in = sim::BulkTransfer::in(board_.attachment(), in_, bytes);
        finish(in);
        require(in.status() == sim::UsbStatus::complete && in.bytes() >= 2);
        bytes.resize(in.bytes());
        return bytes;
    }

    /// Reads until nothing but status comes, or so many packets have; returns the payload.
    std::vector<std::uint8_t> drain(unsigned most = std::numeric_limits<unsigned>::max()) {
        std::vector<std::uint8_t> payload;
        unsigned packets = 0;
        for (int idle = 0; idle < 2 && packets < most; ++packets) {
            const auto packet = read();
            idle = packet.size() == 2 ? idle + 1 : 0;
            payload.insert(payload.end(), packet.begin() + 2, packet.end());
            require(payload.size() < (1U << 24U));
        }
        return payload;
    }

  private:
    /// Longer than the latency timer, after which the chip sends a packet in any case.
    static constexpr Duration patience = std::chrono::milliseconds(300);
    /// A look at every step of the chip would be most of the work.
    static constexpr Duration glance = std::chrono::microseconds(50);

    void request(std::uint8_t code, std::uint16_t value) {
        board_.control(board_.attachment(), {0x40, code, value, index_, 0}, {});
    }

    void finish(sim::BulkTransfer& transfer) {
        const TimePoint end = clock_.now() + patience;
        TimePoint next = board_.advance(transfer);
        while (transfer.status() == sim::UsbStatus::pending && clock_.now() < end) {
            clock_.spin_until(std::min(std::max(next, clock_.now() + glance), end));
            next = board_.advance(transfer);
        }
    }

    sim::VirtualBoard& board_;
    ManualClock& clock_;
    const std::uint16_t index_;
    const std::uint8_t in_;
    const std::uint8_t out_;
};

}  // namespace gpiofs::test
