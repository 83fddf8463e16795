// SPDX-License-Identifier: MIT
#pragma once

#include "faults/matrix.h"

#include <system_error>

#include <vector>

namespace gpiofs::test {

/// What one operation is told, tried again and again while the board fails as a cell says.
class Attempts {
  public:
    explicit Attempts(const Cell& cell) : cell_(cell) {}

    /// Takes down how an attempt ended. Whether another is due: as many as there are faults, and
    /// one that succeeds by itself; of a fault that stays, five.
    bool again(std::error_code error);
    /// Every failure was told as the cell says. A fault that goes has been overcome; one that stays
    /// fails everything from the first failure on.
    void check() const;

  private:
    const Cell& cell_;
    std::vector<int> errors_;
};

}  // namespace gpiofs::test
