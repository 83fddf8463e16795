// The virtual chip's command stream: whatever a host sends, every reply is framed and the chip can
// be brought back by leaving and entering MPSSE mode. The first byte chooses the chip.
#include "base/log.h"
#include "fuzz/input.h"
#include "sim/virtual_board.h"
#include "support/manual_clock.h"

#include <array>
#include <vector>

using namespace gpiofs;
using test::require;

namespace {

constexpr std::uint8_t out_endpoint = 0x02;
constexpr std::uint8_t in_endpoint = 0x81;
constexpr std::uint16_t interface_a = 1;

void set(sim::VirtualBoard& board, std::uint8_t request, std::uint16_t value) {
    board.control(board.attachment(), {0x40, request, value, interface_a, 0}, {});
}

void enter_mpsse(sim::VirtualBoard& board) {
    set(board, 0x00, 1);
    set(board, 0x0b, 0x0000);
    set(board, 0x0b, 0x0200);
    set(board, 0x00, 2);
}

/// Reads until nothing but status comes; returns the payload.
std::vector<std::uint8_t> drain(sim::VirtualBoard& board, test::ManualClock& clock) {
    std::vector<std::uint8_t> payload;
    std::vector<std::uint8_t> packet(board.packet_size());
    for (int idle = 0; idle < 2;) {
        auto in = sim::BulkTransfer::in(board.attachment(), in_endpoint, packet);
        while (in.status() == sim::UsbStatus::pending) {
            board.advance(in);
            clock.advance(std::chrono::milliseconds(17));
        }
        require(in.status() == sim::UsbStatus::complete && in.bytes() >= 2);
        idle = in.bytes() == 2 ? idle + 1 : 0;
        payload.insert(payload.end(), packet.begin() + 2,
                       packet.begin() + static_cast<std::ptrdiff_t>(in.bytes()));
        require(payload.size() < (1U << 24U));
    }
    return payload;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static constexpr std::array<const char*, 4> chips = {"FT232H", "FT2232H", "FT4232H", "FT2232D"};
    log::set_level(log::Level::error);
    test::Input input(data, size);
    test::ManualClock clock;
    sim::BoardConfig config;
    config.chip = chips[input.byte() % chips.size()];
    sim::VirtualBoard board(config, "FUZZ", clock);
    enter_mpsse(board);
    while (!input.empty()) {
        const auto bytes = input.bytes(input.byte());
        auto out = sim::BulkTransfer::out(board.attachment(), out_endpoint, bytes);
        board.advance(out);
        clock.advance(std::chrono::microseconds(input.byte()));
    }
    drain(board, clock);
    enter_mpsse(board);
    drain(board, clock);
    const std::array<std::uint8_t, 2> probe = {0xaa, 0x87};
    auto out = sim::BulkTransfer::out(board.attachment(), out_endpoint, probe);
    board.advance(out);
    require(out.status() == sim::UsbStatus::complete);
    require(drain(board, clock) == std::vector<std::uint8_t>{0xfa, 0xaa});
    return 0;
}
