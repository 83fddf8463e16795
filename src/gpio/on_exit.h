// SPDX-License-Identifier: MIT
#pragma once

namespace gpiofs::gpio {

/// What becomes of the pins when the program ends.
enum class OnExit {
    /// As they are: the engine stays in MPSSE mode.
    keep,
    /// Back to the chip's own mode (usually UART).
    reset,
    /// `reset` if a kernel driver was detached, so that it never meets an engine in MPSSE mode;
    /// else `keep`.
    automatic,
};

}  // namespace gpiofs::gpio
