// SPDX-License-Identifier: MIT
#pragma once

#include "monitor/end_signal.h"

#include <string_view>

namespace gpiofs::monitor {

/// Standard output, for a reader that may be slow or go away. Thread-bound.
class Output {
  public:
    /// What became of a text.
    enum class Result { written, signal_came, reader_gone };

    /// `signals` outlives this.
    explicit Output(const EndSignal& signals) : signals_(signals) {}

    /// Writes lines, waiting for the reader but not past a signal. Each write(2) is of whole lines.
    /// Throws Failure, as for a full disk.
    Result write(std::string_view lines) const;

    static int fd() noexcept;
    /// Whether poll() with no events asked says that there is no reader any more.
    static bool reader_gone(short revents) noexcept;

  private:
    const EndSignal& signals_;
};

}  // namespace gpiofs::monitor
