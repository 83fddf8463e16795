// SPDX-License-Identifier: MIT
#include "faults/attempts.h"

#include <doctest/doctest.h>

#include <algorithm>

namespace gpiofs::test {

bool Attempts::again(std::error_code error) {
    errors_.push_back(error.value());
    const std::size_t tried = errors_.size();
    if (cell_.stays()) {
        return tried < 5;
    }
    const auto faults = static_cast<std::size_t>(cell_.count);
    return tried < faults || (error && tried < faults + 1);
}

void Attempts::check() const {
    const auto failed = [](int error) { return error != 0; };
    const auto first = std::ranges::find_if(errors_, failed);
    CHECK((first != errors_.end()) == (cell_.expected.error != 0));
    CHECK(std::all_of(first, errors_.end(), [&](int error) {
        return error == cell_.expected.error || (error == 0 && !cell_.stays());
    }));
    if (!cell_.stays()) {
        CHECK(errors_.back() == 0);
    }
}

}  // namespace gpiofs::test
