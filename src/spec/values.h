// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Values that BOARD words and mount options share. On failure each returns nothing and puts one
/// line that names the bad value into `error`. Reentrant.
namespace gpiofs::spec {

/// The first number of a board. Linux numbers lines with a signed int; two interfaces of 16 lines
/// must fit below its end.
constexpr std::uint32_t max_base = 0x7fffffffU - 31U;
std::optional<std::uint32_t> parse_base(std::string_view text, std::string& error);

/// Microseconds between samples; 0 is streaming.
std::optional<std::uint32_t> parse_sample_interval(std::string_view text, std::string& error);

/// "VID:PID", four hexadecimal digits each.
struct UsbId {
    std::uint16_t vendor = 0;
    std::uint16_t product = 0;
};
std::optional<UsbId> parse_usb_id(std::string_view text, std::string& error);

}  // namespace gpiofs::spec
