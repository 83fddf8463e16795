// SPDX-License-Identifier: MIT
#pragma once

#include "gpio/engine.h"
#include "rig.h"

#include <utility>

namespace gpiofs::test {

/// One batch and its replies.
inline std::error_code exchange(gpio::Engine& engine, const mpsse::CommandBuffer& batch,
                                const mpsse::PortState& after, TimePoint deadline) {
    const auto error = engine.send(batch, after, deadline);
    return error ? error : engine.receive(batch.reply_size(), deadline);
}

/// One access as the bus does it: back in step first, then the batch.
inline std::error_code access(Rig& rig, gpio::Engine& engine, const mpsse::CommandBuffer& batch,
                              const mpsse::PortState& after) {
    const TimePoint deadline = rig.deadline();
    const auto error = engine.ensure_in_step(deadline);
    return error ? error : exchange(engine, batch, after, deadline);
}

inline std::error_code write_state(Rig& rig, gpio::Engine& engine, const mpsse::PortState& state,
                                   mpsse::Banks banks = mpsse::Banks::both) {
    mpsse::CommandBuffer batch;
    batch.set_pins(state, banks);
    batch.send_immediate();
    return access(rig, engine, batch, state);
}

/// The levels of both banks, or why there are none.
inline std::pair<std::error_code, mpsse::PinMask> read_levels(Rig& rig, gpio::Engine& engine) {
    mpsse::CommandBuffer batch;
    batch.get_pins(mpsse::Banks::both);
    batch.send_immediate();
    if (const auto error = access(rig, engine, batch, engine.shadow())) {
        return {error, mpsse::PinMask{0}};
    }
    return {{}, mpsse::levels_from_reply(engine.reply(), mpsse::Banks::both)};
}

/// Whether MPSSE mode was left or entered since the tap last forgot.
inline bool mode_changed(const Tap& tap) {
    constexpr std::uint8_t bit_mode = 0x0b;
    for (const auto& request : tap.requests()) {
        if (request.request == bit_mode) {
            return true;
        }
    }
    return false;
}

/// What the pins of an otherwise untouched board show: outputs as told, the rest pulled up.
inline mpsse::PinMask expected_levels(const mpsse::PortState& state) {
    return static_cast<mpsse::PinMask>((state.levels & state.outputs) | ~state.outputs);
}

}  // namespace gpiofs::test
