// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gpiofs::test {

/// A virtual board on a bus, as the program is started for it.
struct Setting {
    const char* chip;
    /// For `usb=`.
    const char* bus;
    unsigned mpsse_interfaces;
    unsigned lines;
    /// What the board's limits leave of the lines, a bit for each.
    unsigned can_input;
    unsigned can_output;
    /// Pins that the chip itself pulls down, a bit for each of every interface.
    unsigned pulled_down;
    /// An identity other than the chip's, for `id=`; empty: the chip's own.
    const char* id;

    /// Starts the program in the foreground, all but the mount point: GPIOFS_RANDOM_PROGRAM, which
    /// may have a fault planted in it, or the one that was built.
    std::vector<std::string> command(unsigned timeout_ms) const;
    /// For people: "FT2232H usb=hs".
    std::string name() const;
    unsigned present() const noexcept { return can_input | can_output; }
};

/// Every board on every bus that it can have.
std::span<const Setting> all_settings() noexcept;

/// GPIOFS_RANDOM_SEED, or a new one; the same for the whole run.
std::uint32_t random_seed();

/// The part of one setting in GPIOFS_RANDOM_OPERATIONS, which counts over all settings, or in
/// `otherwise`. A slow bus gets fewer.
long operations_of(const Setting& setting, long otherwise);

/// Sampling intervals to switch among, in microseconds; 0 is streaming.
inline constexpr std::array<unsigned, 6> intervals_us = {0, 50, 100, 1000, 10000, 100000};

/// How much resident memory may grow after the warm-up.
inline constexpr long most_growth_kib = 2048;

/// Whether resident memory says something: a sanitizer keeps freed memory.
inline constexpr bool memory_is_told = std::string_view(GPIOFS_SANITIZE).empty();

}  // namespace gpiofs::test
