// SPDX-License-Identifier: MIT
#include "vm/speed/ftdi_engine.h"

#include "support/wait.h"

#include <fmt/format.h>

#include <array>
#include <ftdi.h>
#include <new>
#include <stdexcept>

namespace gpiofs::test {
namespace {

constexpr int vendor = 0x0403;
constexpr int product = 0x6010;

constexpr std::uint8_t get_low = 0x81;
constexpr std::uint8_t send_immediate = 0x87;
constexpr std::uint8_t pin = 0x10;

}  // namespace

FtdiEngine::FtdiEngine(const std::string& serial) : context_(ftdi_new()) {
    if (!context_) {
        throw std::bad_alloc();
    }
    check(ftdi_set_interface(context_.get(), INTERFACE_B), "choose B");
    check(ftdi_usb_open_desc(context_.get(), vendor, product, nullptr, serial.c_str()), "open");
    check(ftdi_set_latency_timer(context_.get(), latency_ms), "set the latency timer");
    check(ftdi_set_bitmode(context_.get(), 0, BITMODE_RESET), "leave any mode");
    check(ftdi_set_bitmode(context_.get(), 0, BITMODE_MPSSE), "enter MPSSE mode");
    check(ftdi_tcioflush(context_.get()), "purge");
}

void FtdiEngine::Free::operator()(ftdi_context* context) const noexcept { ftdi_free(context); }

std::uint8_t FtdiEngine::read_pins() {
    constexpr auto commands = std::to_array<std::uint8_t>({get_low, send_immediate});
    send(commands);
    std::uint8_t pins = 0;
    const auto end = std::chrono::steady_clock::now() + patience;
    for (int got = 0; got == 0;) {
        got = ftdi_read_data(context_.get(), &pins, 1);
        check(got, "read");
        if (got == 0 && std::chrono::steady_clock::now() >= end) {
            throw std::runtime_error("libftdi1: no reply");
        }
    }
    return pins;
}

void FtdiEngine::write_pin(bool level) {
    const auto commands =
        std::to_array<std::uint8_t>({SET_BITS_LOW, level ? pin : std::uint8_t{0}, pin});
    send(commands);
}

void FtdiEngine::set_latency_of_a(unsigned char ms) {
    context_->index = INTERFACE_A;
    const int status = ftdi_set_latency_timer(context_.get(), ms);
    context_->index = INTERFACE_B;
    check(status, "set the latency timer of A");
}

void FtdiEngine::send(std::span<const std::uint8_t> commands) {
    const auto size = static_cast<int>(commands.size());
    if (ftdi_write_data(context_.get(), commands.data(), size) != size) {
        check(-1, "write");
    }
}

void FtdiEngine::check(int status, const char* what) {
    if (status < 0) {
        throw std::runtime_error(
            fmt::format("libftdi1: {}: {}", what, ftdi_get_error_string(context_.get())));
    }
}

}  // namespace gpiofs::test
