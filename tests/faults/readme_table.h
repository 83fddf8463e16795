// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace gpiofs::test {

/// The README with the matrix, as it is expected now, between its two markers. Throws
/// std::runtime_error if the markers are not there.
std::string with_matrix(const std::string& readme);

/// The matrix as a table in Markdown.
std::string as_markdown();

}  // namespace gpiofs::test
