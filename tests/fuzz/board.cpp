// BOARD words, of both programs.
#include "fuzz/input.h"
#include "spec/board_spec.h"

using namespace gpiofs;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = test::as_text(data, size);
    std::string error;
    test::require(spec::parse_board(text, error).has_value() == error.empty());
    error.clear();
    test::require(spec::parse_virtual_board(text, error).has_value() == error.empty());
    return 0;
}
