// SPDX-License-Identifier: MIT
#pragma once

#include "base/unique_fd.h"
#include "monitor/arming.h"
#include "monitor/edge.h"
#include "monitor/end_signal.h"
#include "monitor/line_name.h"
#include "monitor/source.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace gpiofs::monitor {

/// A line under watch, armed for as long as it lives. Thread-bound.
class Line {
  public:
    /// From here on its edges count. Throws Failure, or Interrupted if a signal comes first.
    Line(LineName name, Edges wanted, const EndSignal& signals);
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;

    const LineName& name() const noexcept { return name_; }
    const Source& source() const noexcept { return *source_; }
    bool is_same_line(const Line& other) const noexcept {
        return arming_->is_same_line(*other.arming_);
    }

    /// As Source::take, but only the edges that are wanted. The losses of the others count for the
    /// next that is.
    std::optional<Failure> take(short revents, std::uint64_t woken, std::vector<Edge>& edges);
    /// For a source that does not tell: why there will be no more edges, if the line has gone.
    std::optional<Failure> look() const;

  private:
    LineName name_;
    Edges wanted_;
    UniqueFd folder_;
    std::unique_ptr<Source> source_;
    std::unique_ptr<Arming> arming_;
    std::vector<Edge> taken_;
    std::uint64_t lost_ = 0;
};

}  // namespace gpiofs::monitor
