// SPDX-License-Identifier: MIT
#pragma once

#include "fuzz/kernel_numbers.h"
#include "support/files.h"

#include <string>
#include <string_view>

/// How the kernel reads what is written to an attribute.
namespace gpiofs::test {

/// The text up to its first NUL.
inline std::string_view text_of(std::string_view data) { return data.substr(0, data.find('\0')); }

/// The text without one newline.
inline std::string_view word_of(std::string_view data) {
    std::string_view text = text_of(data);
    if (text.ends_with('\n')) {
        text.remove_suffix(1);
    }
    return text;
}

/// "ok" or the name of the errno.
inline std::string answer_of(const KernelNumber& number) { return errno_name(number.error); }

}  // namespace gpiofs::test
