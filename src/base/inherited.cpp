// SPDX-License-Identifier: MIT
#include "base/inherited.h"

#include "base/text.h"

#include <climits>
#include <cstdlib>
#include <unistd.h>

namespace gpiofs {
namespace {

constexpr int first = STDERR_FILENO + 1;

int number_in(const char* variable) noexcept {
    const char* text = std::getenv(variable);
    return text == nullptr ? 0 : static_cast<int>(parse_decimal(text, INT_MAX / 2).value_or(0));
}

/// From `begin` to `end`, which is left open.
void close_from(int begin, int end) noexcept {
    if (begin < end) {
        ::close_range(static_cast<unsigned>(begin), static_cast<unsigned>(end) - 1U, 0);
    }
}

}  // namespace

void close_inherited_descriptors(int kept) noexcept {
    const int passed = number_in("LISTEN_PID") == ::getpid() ? number_in("LISTEN_FDS") : 0;
    const int begin = first + passed;
    if (kept < begin) {
        close_from(begin, INT_MAX);
    } else {
        close_from(begin, kept);
        close_from(kept + 1, INT_MAX);
    }
}

}  // namespace gpiofs
