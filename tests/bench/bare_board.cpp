// SPDX-License-Identifier: MIT
#include "bare_board.h"

#include <array>
#include <stdexcept>

namespace gpiofs::bench {
namespace {

constexpr std::uint8_t set_bit_mode = 0x0b;
constexpr std::uint16_t mode_mpsse = 0x0200;
constexpr std::uint8_t get_bits_low = 0x81;
constexpr std::uint8_t send_immediate = 0x87;
/// Two status bytes lead each packet.
constexpr std::size_t status_size = 2;
constexpr auto patience = std::chrono::seconds(5);

}  // namespace

sim::BoardConfig high_speed_board() {
    sim::BoardConfig config;
    config.chip = "FT232H";
    config.usb = sim::UsbSpeed::high;
    return config;
}

BareBoard::BareBoard(Clock& clock, const sim::BoardConfig& config) : clock_(clock), bench_(clock) {
    bench_.add(config);
    transport_ =
        std::make_unique<MeteredTransport>(bench_.boards().front()->open(0, {}), in_transport_);
    packet_.resize(transport_->packet_size());
    if (transport_->control_out(set_bit_mode, mode_mpsse, clock_.now() + patience)) {
        throw std::runtime_error("the virtual board does not enter MPSSE mode");
    }
}

void BareBoard::read_pins() {
    constexpr std::array<std::uint8_t, 2> commands = {get_bits_low, send_immediate};
    const TimePoint deadline = clock_.now() + patience;
    if (transport_->write(commands, deadline).error) {
        throw std::runtime_error("a bare write failed");
    }
    transport::Transfer reply;
    do {
        reply = transport_->read(packet_, deadline);
    } while (!reply.error && reply.bytes <= status_size);
    if (reply.error) {
        throw std::runtime_error("a bare read failed");
    }
}

}  // namespace gpiofs::bench
