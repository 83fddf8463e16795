// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace gpiofs::explore {

/// The decisions of a run, and the way from one run to the next: depth first, the last decision
/// that has an option left takes it, and what came after is decided anew. Thread-bound.
class Path {
  public:
    Path() = default;
    /// What text() gave.
    explicit Path(std::string_view text);

    /// Which of `options` (at least 1) is taken: the one of the run before as far as that is to be
    /// repeated, then the first. Throws std::logic_error if there were other options before.
    std::size_t choose(std::size_t options);
    /// To the next run; false if there is none.
    bool advance();

    /// "0*17 2 0 1": what was taken, in order, where there was a choice.
    std::string text() const;

  private:
    struct Decision {
        std::size_t taken = 0;
        std::size_t options = 0;  ///< 0: read from a text, not known
    };
    std::vector<Decision> decisions_;
    std::size_t at_ = 0;
};

}  // namespace gpiofs::explore
