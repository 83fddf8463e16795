// SPDX-License-Identifier: MIT
#pragma once

#include "sim/board_config.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gpiofs::spec {

/// One BOARD word of the command line: `VID:PID`, `serial:S`, `path:P`, `all`, `opted-in` or
/// `sim:CHIP`, followed by `,key=value` pairs.
struct BoardSpec {
    /// opted_in: every board that udev mounts when it is plugged in.
    enum class Kind { id, serial, path, all, opted_in, simulated };

    Kind kind = Kind::all;
    std::uint16_t vendor = 0;   ///< Kind::id
    std::uint16_t product = 0;  ///< Kind::id
    /// Kind::serial, or narrowing another kind by `serial=`.
    std::optional<std::string> serial;
    /// Kind::path, or narrowing another kind by `path=`.
    std::optional<std::string> path;
    /// Kind::opted_in, or Kind::path given as the device's folder below /sys: udev or a person has
    /// picked the device itself, so its identity need not be a known one.
    bool any_identity = false;
    /// First global line number of the board's first interface.
    std::optional<unsigned> base;
    /// Letters of the interfaces to use, "A", "B" or "AB"; empty: the default for the board.
    std::string interfaces;
    std::optional<std::uint32_t> sample_interval_us;
    sim::BoardConfig simulated;  ///< Kind::simulated
};

/// Parses a BOARD word. On failure returns nothing and puts one line that names the bad part into
/// `error`. Reentrant.
std::optional<BoardSpec> parse_board(std::string_view text, std::string& error);

/// Parses the words after `sim:`, as mpsse-sim takes them. On failure as parse_board.
std::optional<sim::BoardConfig> parse_virtual_board(std::string_view text, std::string& error);

}  // namespace gpiofs::spec
