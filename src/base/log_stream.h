// SPDX-License-Identifier: MIT
#pragma once

#include "base/unique_fd.h"

#include <string_view>

namespace gpiofs::log {

/// Standard error, written without ever waiting for who reads it: a full pipe, a terminal held by
/// ^S. What it shares with others, as whether its file blocks, stays as it is. Not thread-safe.
class ErrorStream {
  public:
    /// Writes a line that ends with a newline; whether all of it was taken.
    bool write(std::string_view line) noexcept;
    /// Gives back what it has opened; the next line opens it again.
    void close() noexcept;

  private:
    enum class Kind { unknown, plain, may_block, own, socket };

    void look() noexcept;
    long put(std::string_view text) noexcept;

    Kind kind_ = Kind::unknown;
    UniqueFd own_;      ///< the same pipe or terminal, opened anew so that it does not block
    bool cut_ = false;  ///< the last line was taken in part
};

}  // namespace gpiofs::log
