// SPDX-License-Identifier: MIT
#pragma once

#include "sim/virtual_board.h"
#include "support/manual_clock.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace gpiofs::test {

using Bytes = std::vector<std::uint8_t>;

constexpr std::uint8_t reset_request = 0x00;
constexpr std::uint8_t poll_status_request = 0x05;
constexpr std::uint8_t latency_request = 0x09;
constexpr std::uint8_t get_latency_request = 0x0a;
constexpr std::uint8_t bit_mode_request = 0x0b;
constexpr std::uint8_t read_pins_request = 0x0c;
constexpr std::uint16_t base_mode = 0x0000;
constexpr std::uint16_t mpsse_mode = 0x0200;

/// A virtual board under a stepped clock, with interface A in MPSSE mode, and the host's side of
/// the wire in short words.
class SimRig {
  public:
    explicit SimRig(const std::string& chip, sim::UsbSpeed usb = sim::UsbSpeed::instant,
                    std::uint32_t engine_ns = 500)
        : SimRig(sim::BoardConfig{.chip = chip,
                                  .vendor = {},
                                  .product = {},
                                  .serial = {},
                                  .usb = usb,
                                  .engine_ns = engine_ns}) {}
    explicit SimRig(const sim::BoardConfig& config) : board(config, "TEST", clock) {
        request(bit_mode_request, mpsse_mode);
    }

    sim::UsbStatus request(std::uint8_t request, std::uint16_t value, unsigned interface = 0) {
        const sim::SetupPacket setup{.request_type = 0x40,
                                     .request = request,
                                     .value = value,
                                     .index = static_cast<std::uint16_t>(interface + 1),
                                     .length = 0};
        return board.control(board.attachment(), setup, {}).status;
    }
    Bytes ask(std::uint8_t request, std::uint16_t length, unsigned interface = 0) {
        const sim::SetupPacket setup{.request_type = 0xc0,
                                     .request = request,
                                     .value = 0,
                                     .index = static_cast<std::uint16_t>(interface + 1),
                                     .length = length};
        Bytes data(length);
        data.resize(board.control(board.attachment(), setup, data).bytes);
        return data;
    }

    /// Writes in one transfer; what the chip does not take within `patience` is given up.
    sim::BulkTransfer write(const Bytes& bytes, unsigned interface = 0,
                            Duration patience = std::chrono::milliseconds(10)) {
        auto transfer = sim::BulkTransfer::out(
            board.attachment(), static_cast<std::uint8_t>(0x02 + 2 * interface), bytes);
        board.finish(transfer, clock.now() + patience, never);
        return transfer;
    }
    /// One IN transfer into a buffer of `size` bytes; `raw` keeps what came.
    sim::BulkTransfer read(std::size_t size = 4096, unsigned interface = 0,
                           Duration patience = std::chrono::seconds(1)) {
        raw.assign(size, 0xee);
        auto transfer = sim::BulkTransfer::in(board.attachment(),
                                              static_cast<std::uint8_t>(0x81 + 2 * interface), raw);
        board.finish(transfer, clock.now() + patience, never);
        raw.resize(transfer.bytes());
        return transfer;
    }
    /// The payload of IN transfers until one has none, status bytes taken off each packet.
    Bytes replies(unsigned interface = 0) {
        Bytes payload;
        while (true) {
            read(16 * board.packet_size(), interface);
            const std::size_t before = payload.size();
            for (std::size_t at = 0; at < raw.size(); at += board.packet_size()) {
                const auto packet = std::span(raw).subspan(at);
                const auto size = std::min(packet.size(), board.packet_size());
                payload.insert(payload.end(), packet.begin() + 2,
                               packet.begin() + static_cast<std::ptrdiff_t>(size));
            }
            if (payload.size() == before) {
                return payload;
            }
        }
    }
    /// Writes, lets the chip work, and returns its whole answer.
    Bytes run(const Bytes& bytes, unsigned interface = 0) {
        write(bytes, interface);
        clock.advance(std::chrono::seconds(1));
        return replies(interface);
    }

    ManualClock clock;
    sim::VirtualBoard board;
    std::atomic<bool> never = false;
    Bytes raw;
};

}  // namespace gpiofs::test
