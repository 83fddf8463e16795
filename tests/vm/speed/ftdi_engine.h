// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

struct ftdi_context;

namespace gpiofs::test {

/// Interface B of an FT2232H in MPSSE mode, driven by libftdi1: what a program that needs no file
/// tree would do. Everything throws std::runtime_error with libftdi1's words. Thread-bound.
class FtdiEngine {
  public:
    /// As the program sets the latency timer (src/gpio/engine.cpp), and the longest there is.
    static constexpr unsigned char latency_ms = 17;
    static constexpr unsigned char longest_latency_ms = 255;

    /// All pins are inputs then.
    explicit FtdiEngine(const std::string& serial);

    /// The levels of BDBUS0 to BDBUS7: one write of a GET and send-immediate, then reads until the
    /// byte has come.
    std::uint8_t read_pins();
    /// Drives BDBUS4: one write of a SET.
    void write_pin(bool level);

    /// The latency timer of interface A, whoever has it.
    void set_latency_of_a(unsigned char ms);

  private:
    struct Free {
        void operator()(ftdi_context* context) const noexcept;
    };

    void send(std::span<const std::uint8_t> commands);
    void check(int status, const char* what);

    std::unique_ptr<ftdi_context, Free> context_;
};

}  // namespace gpiofs::test
