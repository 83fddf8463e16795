// SPDX-License-Identifier: MIT
// The virtual chip's command stream: whatever a host sends, every reply is framed and the chip can
// be brought back by leaving and entering MPSSE mode. The first byte chooses the chip.
#include "base/log.h"
#include "fuzz/input.h"
#include "fuzz/usb_host.h"

using namespace gpiofs;
using test::require;

namespace {

/// One command asks for up to 65,536 replies: who reads them all does little else.
constexpr unsigned some_packets = 8;

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static constexpr std::array<const char*, 4> chips = {"FT232H", "FT2232H", "FT4232H", "FT2232D"};
    log::set_level(log::Level::error);
    test::Input input(data, size);
    test::ManualClock clock;
    sim::BoardConfig config;
    config.chip = chips[input.byte() % chips.size()];
    sim::VirtualBoard board(config, "FUZZ", clock);
    test::UsbHost host(board, clock, 0);
    host.enter_mpsse();
    while (!input.empty()) {
        host.write(input.bytes(input.byte()));
        clock.advance(std::chrono::microseconds(input.byte()));
    }
    host.drain(some_packets);
    host.enter_mpsse();
    host.drain();
    require(host.write(std::array<std::uint8_t, 2>{0xaa, 0x87}));
    require(host.drain() == std::vector<std::uint8_t>{0xfa, 0xaa});
    return 0;
}
