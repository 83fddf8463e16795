// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"

namespace gpiofs::gpio {

/// How fast an engine works, as it was measured when its lines were first streamed.
struct EnginePace {
    /// Of one GET command; zero until it has been measured.
    Duration command{};
    /// What a batch of one command takes.
    Duration round_trip{};
};

}  // namespace gpiofs::gpio
