// SPDX-License-Identifier: MIT
#pragma once

#include <system_error>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Text as the kernel's attributes read it and as this program prints it. Reentrant.
namespace gpiofs {

/// What an attribute's store function sees: the bytes up to the first NUL.
std::string_view up_to_nul(std::string_view bytes) noexcept;

/// The kernel's sysfs_streq: equal, or equal but for one newline at the end of `text`.
bool attribute_equals(std::string_view text, std::string_view word) noexcept;

/// A parsed number, or why there is none: invalid_argument or result_out_of_range.
template <typename T>
struct Number {
    T value{};
    std::errc error{};
    explicit operator bool() const noexcept { return error == std::errc{}; }
};

/// The kernel's kstrtol with base 0: optional sign, 0x or 0 prefix, one newline allowed at the end.
Number<std::int64_t> parse_kernel_long(std::string_view text) noexcept;
/// The kernel's kstrtouint with base 0: as above, but no minus sign and 32 bits.
Number<std::uint32_t> parse_kernel_uint(std::string_view text) noexcept;

/// A plain decimal number without sign, spaces or prefix, at most `max`.
std::optional<std::uint64_t> parse_decimal(std::string_view text, std::uint64_t max) noexcept;
/// Exactly `digits` hexadecimal digits.
std::optional<std::uint32_t> parse_hex(std::string_view text, unsigned digits) noexcept;

/// Pieces between separators; always at least one, pieces may be empty.
std::vector<std::string_view> split(std::string_view text, char separator);

/// `text` with control characters written as \xNN, so that it stays one line.
std::string escape_control(std::string_view text);

}  // namespace gpiofs
