// SPDX-License-Identifier: MIT
#pragma once

#include "gpio/line.h"

#include <cstdint>
#include <optional>
#include <span>

namespace gpiofs::test {

/// Takes the edges of a line one by one, from those that come after it was made.
class EdgeTaker {
  public:
    struct Entry {
        gpio::EdgeEvent edge;
        /// Edges overwritten right before this one.
        std::uint64_t lost = 0;
    };

    explicit EdgeTaker(gpio::Line& line) : line_(line) {
        line_.make_edge_ring();
        next_ = line_.edges()->end();
    }

    std::optional<Entry> take() {
        Entry entry;
        const gpio::EdgeRing& ring = *line_.edges();
        const auto copied = ring.copy(next_, ring.end(), std::span(&entry.edge, 1));
        if (copied.count == 0) {
            return std::nullopt;
        }
        entry.lost = copied.first - next_;
        next_ = copied.first + 1;
        return entry;
    }

  private:
    gpio::Line& line_;
    std::uint64_t next_ = 0;
};

}  // namespace gpiofs::test
