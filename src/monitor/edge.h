// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace gpiofs::monitor {

/// One edge of a line.
struct Edge {
    std::uint64_t nanoseconds = 0;  ///< CLOCK_MONOTONIC
    bool rising = false;
    std::uint64_t lost = 0;  ///< edges missed right before this one
};

/// A choice of edges: what -e asks for, and what `edge` of a line can be armed for.
enum class Edges { rising, falling, both };

constexpr bool includes(Edges edges, bool rising) noexcept {
    return edges == Edges::both || (edges == Edges::rising) == rising;
}

/// Whether a line that is armed for `armed` has all edges of `wanted`.
constexpr bool covers(Edges armed, Edges wanted) noexcept {
    return armed == Edges::both || armed == wanted;
}

constexpr std::string_view name_of(Edges edges) noexcept {
    switch (edges) {
        case Edges::rising:
            return "rising";
        case Edges::falling:
            return "falling";
        case Edges::both:
            break;
    }
    return "both";
}

/// "rising", "falling" or "both"; nothing for any other word.
constexpr std::optional<Edges> edges_named(std::string_view word) noexcept {
    for (const Edges edges : {Edges::rising, Edges::falling, Edges::both}) {
        if (word == name_of(edges)) {
            return edges;
        }
    }
    return std::nullopt;
}

}  // namespace gpiofs::monitor
