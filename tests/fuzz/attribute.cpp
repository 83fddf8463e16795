// Text written to attributes: numbers and words as the kernel reads them.
#include "base/text.h"
#include "fuzz/input.h"

#include <cstdlib>
#include <string>

using namespace gpiofs;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = up_to_nul(test::as_text(data, size));
    const auto number = parse_kernel_long(text);
    if (number) {
        // The C library agrees on everything that is accepted at all.
        test::require(std::strtoll(std::string(text).c_str(), nullptr, 0) == number.value);
    }
    const auto offset = parse_kernel_uint(text);
    if (offset) {
        test::require(number && number.value == std::int64_t{offset.value});
    }
    test::require(!attribute_equals(text, "both") || text.substr(0, 4) == "both");
    test::require(escape_control(text).find('\n') == std::string::npos);
    return 0;
}
