// SPDX-License-Identifier: MIT
#include "mpsse/reply.h"

#include <algorithm>
#include <array>

namespace gpiofs::mpsse {
namespace {

/// Modem and line status, in front of the payload of every IN packet (DS_FT232H section 4.1).
constexpr std::size_t status_size = 2;
/// What the engine answers to an opcode it does not know (AN_108 section 6.1).
constexpr std::uint8_t refusal = 0xfa;

}  // namespace

ReplyParser::ReplyParser(std::size_t packet_size) : packet_size_(packet_size) {}

std::size_t ReplyParser::feed(std::span<const std::uint8_t> transfer) {
    const std::size_t before = payload_.size();
    while (!transfer.empty()) {
        const auto packet = transfer.first(std::min(packet_size_, transfer.size()));
        if (packet.size() > status_size) {
            const auto data = packet.subspan(status_size);
            payload_.insert(payload_.end(), data.begin(), data.end());
        }
        transfer = transfer.subspan(packet.size());
    }
    return payload_.size() - before;
}

std::size_t ReplyParser::packet_payload() const noexcept { return packet_size_ - status_size; }

void ReplyParser::drop(std::size_t count) noexcept {
    payload_.erase(payload_.begin(), payload_.begin() + static_cast<std::ptrdiff_t>(count));
}

std::optional<std::size_t> end_of_bad_command_echo(std::span<const std::uint8_t> payload,
                                                   Opcode opcode) noexcept {
    const std::array echo = {refusal, static_cast<std::uint8_t>(opcode)};
    const auto found = std::search(payload.begin(), payload.end(), echo.begin(), echo.end());
    if (found == payload.end()) {
        return std::nullopt;
    }
    return static_cast<std::size_t>(found - payload.begin()) + echo.size();
}

PinMask levels_from_reply(std::span<const std::uint8_t> payload, Banks banks) noexcept {
    unsigned levels = 0;
    std::size_t next = 0;
    if (contains(banks, Banks::low)) {
        levels |= payload[next++];
    }
    if (contains(banks, Banks::high)) {
        levels |= static_cast<unsigned>(payload[next]) << 8U;
    }
    return static_cast<PinMask>(levels);
}

}  // namespace gpiofs::mpsse
