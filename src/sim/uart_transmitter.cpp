// SPDX-License-Identifier: MIT
#include "sim/uart_transmitter.h"

namespace gpiofs::sim {
namespace {

constexpr PinBits txd_pin = 1U << 0;
constexpr PinBits driven_pins = 1U << 0 | 1U << 2 | 1U << 4;  // TXD, RTS#, DTR#
constexpr unsigned frame_bits = 10;
constexpr Duration bit_time{1'000'000'000 / 9600};

}  // namespace

void UartTransmitter::reset(TimePoint now) {
    at_ = now;
    bits_left_ = 0;
    put(true);
}

void UartTransmitter::step() {
    if (bits_left_ == 0) {
        frame_ = static_cast<unsigned>(bytes_.pop()) << 1U | 1U << (frame_bits - 1);
        bits_left_ = frame_bits;
    }
    put((frame_ & 1U) != 0);
    frame_ >>= 1U;
    --bits_left_;
    at_ += bit_time;
}

void UartTransmitter::put(bool level) {
    const unsigned levels = level ? driven_pins : driven_pins & ~unsigned{txd_pin};
    pins_.set_outputs(interface_, {driven_pins, static_cast<PinBits>(levels), 0}, at_);
}

}  // namespace gpiofs::sim
