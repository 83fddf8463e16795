// SPDX-License-Identifier: MIT
// Numbers and words as the kernel reads them, beside what the C library makes of them.
#include "base/text.h"
#include "fuzz/input.h"
#include "fuzz/kernel_numbers.h"

#include <string>

using namespace gpiofs;

namespace {

template <typename T>
void compare(const Number<T>& number, const test::KernelNumber& expected) {
    test::require(static_cast<int>(number.error) == expected.error);
    test::require(!number || std::int64_t{number.value} == expected.value);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = up_to_nul(test::as_text(data, size));
    test::require(text.find('\0') == std::string_view::npos);
    compare(parse_kernel_long(text), test::kernel_int(text));
    compare(parse_kernel_uint(text), test::kernel_uint(text));
    test::require(attribute_equals(text, "both") == (text == "both" || text == "both\n"));
    test::require(escape_control(text).find_first_of("\n\r\t\x1b\x7f") == std::string::npos);
    return 0;
}
