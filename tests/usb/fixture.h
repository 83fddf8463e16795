// SPDX-License-Identifier: MIT
#pragma once

#include "transport/board.h"
#include "usb/harness/fake_board.h"
#include "usb/harness/testbed.h"
#include "usb/usb_board_source.h"

#include <chrono>
#include <memory>
#include <thread>

namespace gpiofs::tests {

using namespace std::chrono_literals;

inline TimePoint in(Duration duration) { return std::chrono::steady_clock::now() + duration; }

/// Long enough for anything that does happen, on a busy machine too.
constexpr Duration patience = 10s;

/// Whether `condition` comes true before patience is at its end.
template <typename Condition>
bool eventually(Condition condition) {
    const TimePoint end = in(patience);
    while (!condition()) {
        if (std::chrono::steady_clock::now() >= end) {
            return false;
        }
        std::this_thread::sleep_for(1ms);
    }
    return true;
}

inline bool any_id(std::uint16_t, std::uint16_t) { return true; }

/// The errno and the text with which `action` fails; 0 if it does not.
struct Failure {
    int error = 0;
    std::string text;
};
template <typename Action>
Failure failure_of(Action action) {
    try {
        action();
    } catch (const std::system_error& error) {
        return {error.code().value(), error.what()};
    }
    return {};
}

/// One virtual board and libusb's view of it.
struct Fixture {
    explicit Fixture(FakeBoardOptions options = {})
        : fake(testbed, std::move(options)), source(any_id), board(source.boards().at(0)) {}

    std::unique_ptr<transport::Transport> open(unsigned number = 0,
                                               transport::Detach detach = transport::Detach::any) {
        return board->open(number, {.detach = detach, .deadline = in(patience)});
    }

    Testbed testbed;
    FakeBoard fake;
    usb::UsbBoardSource source;
    std::shared_ptr<transport::Board> board;
};

/// The control request that starts the MPSSE engine: AN_135 section 5.2, mode 2, mask 0.
constexpr std::uint8_t set_bit_mode = 0x0b;
constexpr std::uint16_t mpsse_mode = 0x0200;

}  // namespace gpiofs::tests
