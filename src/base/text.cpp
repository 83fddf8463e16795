// SPDX-License-Identifier: MIT
#include "base/text.h"

#include <fmt/format.h>

#include <charconv>
#include <limits>

namespace gpiofs {
namespace {

/// Base prefix rules of the kernel's _parse_integer_fixup_radix.
int take_radix(std::string_view& digits) noexcept {
    const bool prefixed = digits.size() > 1 && digits[0] == '0';
    if (!prefixed) {
        return 10;
    }
    const bool hex = (digits[1] == 'x' || digits[1] == 'X') && digits.size() > 2;
    if (!hex) {
        return 8;
    }
    digits.remove_prefix(2);
    return 16;
}

Number<std::uint64_t> parse_magnitude(std::string_view text) noexcept {
    if (!text.empty() && text.back() == '\n') {
        text.remove_suffix(1);
    }
    const int radix = take_radix(text);
    Number<std::uint64_t> result;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), result.value, radix);
    if (error != std::errc{}) {
        result.error = error;
    } else if (end != text.data() + text.size()) {
        result.error = std::errc::invalid_argument;
    }
    return result;
}

}  // namespace

std::string_view up_to_nul(std::string_view bytes) noexcept {
    return bytes.substr(0, bytes.find('\0'));
}

bool attribute_equals(std::string_view text, std::string_view word) noexcept {
    if (text.size() == word.size() + 1 && text.back() == '\n') {
        text.remove_suffix(1);
    }
    return text == word;
}

Number<std::int64_t> parse_kernel_long(std::string_view text) noexcept {
    const bool negative = !text.empty() && text.front() == '-';
    if (!text.empty() && (negative || text.front() == '+')) {
        text.remove_prefix(1);
    }
    const auto magnitude = parse_magnitude(text);
    if (!magnitude) {
        return {0, magnitude.error};
    }
    constexpr auto largest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (magnitude.value > largest + (negative ? 1 : 0)) {
        return {0, std::errc::result_out_of_range};
    }
    const auto bits = negative ? std::uint64_t{0} - magnitude.value : magnitude.value;
    return {static_cast<std::int64_t>(bits), {}};
}

Number<std::uint32_t> parse_kernel_uint(std::string_view text) noexcept {
    if (!text.empty() && text.front() == '+') {
        text.remove_prefix(1);
    }
    const auto magnitude = parse_magnitude(text);
    if (!magnitude) {
        return {0, magnitude.error};
    }
    if (magnitude.value > std::numeric_limits<std::uint32_t>::max()) {
        return {0, std::errc::result_out_of_range};
    }
    return {static_cast<std::uint32_t>(magnitude.value), {}};
}

std::optional<std::uint64_t> parse_decimal(std::string_view text, std::uint64_t max) noexcept {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value > max) {
        return std::nullopt;
    }
    return value;
}

std::optional<std::uint32_t> parse_hex(std::string_view text, unsigned digits) noexcept {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
    if (text.size() != digits || error != std::errc{} || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return value;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> pieces;
    while (true) {
        const auto at = text.find(separator);
        pieces.push_back(text.substr(0, at));
        if (at == std::string_view::npos) {
            return pieces;
        }
        text.remove_prefix(at + 1);
    }
}

std::string escape_control(std::string_view text) {
    std::string safe;
    safe.reserve(text.size());
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f) {
            safe += fmt::format("\\x{:02x}", byte);
        } else {
            safe += c;
        }
    }
    return safe;
}

}  // namespace gpiofs
