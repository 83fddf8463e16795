// SPDX-License-Identifier: MIT
#pragma once

namespace gpiofs::explore {

/// Memory freed between begin_quarantine() and end_quarantine() is overwritten and kept, so that
/// using it is noticed whatever the order of things: markers in it are dead, pointers read from it
/// fault. Without effect under AddressSanitizer, which notices by itself. Thread-bound.
void begin_quarantine() noexcept;
/// Gives the memory back.
void end_quarantine() noexcept;

}  // namespace gpiofs::explore
