// SPDX-License-Identifier: MIT
#pragma once

#include "sim/virtual_board.h"

namespace gpiofs::test {

/// Which pins of a board's first interface have moved, be it for no time at all.
class Moves {
  public:
    explicit Moves(sim::VirtualBoard& board) : board_(board), before_(board.edges(0)) {}

    void forget() { before_ = board_.edges(0); }
    /// Those that have moved since.
    sim::PinBits seen() const {
        const auto now = board_.edges(0);
        unsigned moved = 0;
        for (unsigned bit = 0; bit < now.size(); ++bit) {
            moved |= now[bit] != before_[bit] ? 1U << bit : 0U;
        }
        return static_cast<sim::PinBits>(moved);
    }

  private:
    sim::VirtualBoard& board_;
    sim::PinEdges before_;
};

}  // namespace gpiofs::test
