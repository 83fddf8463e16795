// SPDX-License-Identifier: MIT
#pragma once

#include "support/mount.h"

#include <fmt/format.h>

#include <string>

namespace gpiofs::test {

/// Everything the program holds that is not libfuse's.
struct Holdings {
    std::size_t threads;
    std::size_t descriptors;
    bool operator==(const Holdings&) const = default;
};

inline Holdings holdings(const Mount& mount) { return {mount.own_threads(), mount.descriptors()}; }

inline std::string describe(const Holdings& held) {
    return fmt::format("threads {} and descriptors {}", held.threads, held.descriptors);
}

}  // namespace gpiofs::test
