// SPDX-License-Identifier: MIT
#pragma once

#include "monitor/edge.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gpiofs::monitor {

/// A line of `events` without its newline, "NANOSECONDS rising|falling LOST"; nothing for any other
/// text. Reentrant.
std::optional<Edge> parse_edge(std::string_view line) noexcept;

/// The text of `events`, as reads cut it. Thread-bound.
class EventText {
  public:
    /// Takes a piece and appends the edges whose lines it completes. False from the first line on
    /// that is no edge; what came before it is appended.
    bool feed(std::string_view piece, std::vector<Edge>& edges);

  private:
    std::string rest_;  ///< of a line whose end has not come yet; shorter than any line can be
};

}  // namespace gpiofs::monitor
