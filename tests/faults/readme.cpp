// SPDX-License-Identifier: MIT
#include "faults/readme_table.h"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

using namespace gpiofs::test;

TEST_CASE("the README has the matrix that is tested") {
    std::ifstream file(GPIOFS_README);
    const std::string readme(std::istreambuf_iterator<char>(file), {});
    INFO("to rewrite it: build/release/tests/faults/tests_faults --rewrite tests/faults/README.md");
    CHECK(readme == with_matrix(readme));
}
