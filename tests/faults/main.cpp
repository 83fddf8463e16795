// SPDX-License-Identifier: MIT
// With --rewrite FILE the program runs no tests but writes the matrix into a README; with
// --markdown it prints it.
#include "faults/readme_table.h"

#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <exception>
#include <fstream>
#include <iterator>
#include <span>
#include <string_view>

namespace {

void rewrite(const std::string& path) {
    std::ifstream in(path);
    const std::string old(std::istreambuf_iterator<char>(in), {});
    const std::string readme = gpiofs::test::with_matrix(old);
    std::ofstream out(path);
    out << readme;
    if (!out.flush()) {
        throw std::runtime_error("cannot write " + path);
    }
}

}  // namespace

int main(int argc, char** argv) {
    const std::span arguments(argv, static_cast<std::size_t>(argc));
    try {
        if (argc == 3 && std::string_view(arguments[1]) == "--rewrite") {
            rewrite(arguments[2]);
            return 0;
        }
        if (argc == 2 && std::string_view(arguments[1]) == "--markdown") {
            fmt::print("{}", gpiofs::test::as_markdown());
            return 0;
        }
    } catch (const std::exception& e) {
        fmt::print(stderr, "tests_faults: {}\n", e.what());
        return 1;
    }
    return doctest::Context(argc, argv).run();
}
