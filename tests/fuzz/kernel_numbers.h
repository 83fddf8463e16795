// SPDX-License-Identifier: MIT
#pragma once

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string>
#include <string_view>

/// The kernel's kstrtol() and kstrtouint() with base 0, told once more and from the C library's
/// strtoull(), whose base 0 has the same prefixes: Linux lib/kstrtox.c.
namespace gpiofs::test {

/// `error` is 0, EINVAL or ERANGE.
struct KernelNumber {
    std::int64_t value = 0;
    int error = 0;
};

inline KernelNumber kernel_number(std::string_view text, bool signs, std::uint64_t most,
                                  std::uint64_t most_negative) {
    const bool negative = signs && text.starts_with('-');
    if (negative || text.starts_with('+')) {
        text.remove_prefix(1);
    }
    if (text.empty() || text[0] < '0' || text[0] > '9') {
        return {0, EINVAL};  // strtoull() would go past spaces and another sign
    }
    const std::string digits(text.ends_with('\n') ? text.substr(0, text.size() - 1) : text);
    char* end = nullptr;
    errno = 0;
    const std::uint64_t magnitude = std::strtoull(digits.c_str(), &end, 0);
    if (errno == ERANGE) {
        return {0, ERANGE};
    }
    if (end != digits.c_str() + digits.size()) {
        return {0, EINVAL};
    }
    if (magnitude > (negative ? most_negative : most)) {
        return {0, ERANGE};
    }
    return {static_cast<std::int64_t>(negative ? 0 - magnitude : magnitude), 0};
}

inline KernelNumber kernel_int(std::string_view text) {
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    return kernel_number(text, true, most, most + 1);
}

inline KernelNumber kernel_uint(std::string_view text) {
    return kernel_number(text, false, std::numeric_limits<std::uint32_t>::max(), 0);
}

}  // namespace gpiofs::test
