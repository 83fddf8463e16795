#pragma once

#include "base/clock.h"
#include "sim/board_config.h"

#include <chrono>

namespace gpiofs::sim {

/// What the bus and the engine cost in time, without what the host's software adds.
struct BusCost {
    Duration transfer{};  ///< A bulk transfer, from its submission on, at least.
    Duration control{};   ///< A control transfer.
    Duration command{};   ///< The engine, for one command, unless the board's config says.
};

/// High speed: the middle of what usbmon captures of a genuine FT232H show, 14-38 us for OUT, 14-33
/// us for IN with the reply ready, 20-90 us for control. Full speed: USB 2.0 schedules in frames of
/// 1 ms; a control transfer has its setup, data and status stage in one frame at best. Engine: no
/// official figure; FTDI's own examples (AN_113) imply at least 150 ns.
constexpr BusCost bus_cost(UsbSpeed speed) noexcept {
    switch (speed) {
        case UsbSpeed::high:
            return {std::chrono::microseconds(25), std::chrono::microseconds(50),
                    std::chrono::nanoseconds(500)};
        case UsbSpeed::full:
            return {std::chrono::milliseconds(1), std::chrono::milliseconds(1),
                    std::chrono::nanoseconds(500)};
        case UsbSpeed::instant:
            break;
    }
    return {};
}

}  // namespace gpiofs::sim
