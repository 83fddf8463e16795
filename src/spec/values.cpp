// SPDX-License-Identifier: MIT
#include "spec/values.h"

#include "base/text.h"

#include <fmt/format.h>

#include <limits>

namespace gpiofs::spec {

std::optional<std::uint32_t> parse_base(std::string_view text, std::string& error) {
    const auto value = parse_decimal(text, max_base);
    if (!value) {
        error = fmt::format("base '{}' is not a number from 0 to {}", text, max_base);
        return std::nullopt;
    }
    return static_cast<std::uint32_t>(*value);
}

std::optional<std::uint32_t> parse_sample_interval(std::string_view text, std::string& error) {
    constexpr auto max = std::numeric_limits<std::uint32_t>::max();
    const auto value = parse_decimal(text, max);
    if (!value) {
        error = fmt::format("sample_interval_us '{}' is not a number from 0 (streaming) to {}",
                            text, max);
        return std::nullopt;
    }
    return static_cast<std::uint32_t>(*value);
}

std::optional<UsbId> parse_usb_id(std::string_view text, std::string& error) {
    const auto colon = text.find(':');
    if (colon != std::string_view::npos) {
        const auto vendor = parse_hex(text.substr(0, colon), 4);
        const auto product = parse_hex(text.substr(colon + 1), 4);
        if (vendor && product) {
            return UsbId{static_cast<std::uint16_t>(*vendor), static_cast<std::uint16_t>(*product)};
        }
    }
    error = fmt::format("'{}' is not VID:PID, two times four hexadecimal digits", text);
    return std::nullopt;
}

}  // namespace gpiofs::spec
