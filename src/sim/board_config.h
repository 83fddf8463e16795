// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace gpiofs::sim {

/// How USB behaves: without cost in time, or as a high-speed or full-speed bus would.
enum class UsbSpeed { instant, high, full };

/// What a virtual board is made of.
struct BoardConfig {
    /// A chip of chip_profile.h, in any case: "FT232H".
    std::string chip;
    /// Identity other than the chip's default (0c52:a064 on an FT2232H is a Sealevel board).
    std::optional<std::uint16_t> vendor;
    std::optional<std::uint16_t> product;
    /// Absent: the bench gives one of its own, "SIM0"; empty: a board without a serial number.
    std::optional<std::string> serial;
    UsbSpeed usb = UsbSpeed::instant;
    /// Time the engine takes for one command. Absent: 0 for instant USB, else 500 ns.
    std::optional<std::uint32_t> engine_ns;
    // Times of the bus, explained in bus_timing.h. Absent: those of `usb`, which for instant are 0.
    std::optional<std::uint32_t> submit_us{};
    std::optional<std::uint32_t> frame_us{};
    std::optional<std::uint32_t> packet_ns{};
    std::optional<std::uint32_t> complete_us{};
    std::optional<std::uint32_t> control_us{};
};

}  // namespace gpiofs::sim
