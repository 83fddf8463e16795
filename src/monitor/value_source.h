// SPDX-License-Identifier: MIT
#pragma once

#include "base/unique_fd.h"
#include "monitor/line_name.h"
#include "monitor/source.h"

namespace gpiofs::monitor {

/// The file `value` of the kernel's tree: poll() wakes for an edge, and the time is that of waking.
/// What is missed between two wakings shows only if the level is what it was before.
class ValueSource final : public Source {
  public:
    /// Opens it in the open folder of a line that is armed for `armed`; edges count from here on.
    /// Throws Failure. `name` outlives this.
    ValueSource(int folder, const LineName& name, Edges armed);

    int fd() const noexcept override { return file_.get(); }
    short events() const noexcept override;
    bool tells_when_gone() const noexcept override { return false; }
    std::optional<Failure> take(short revents, std::uint64_t woken,
                                std::vector<Edge>& edges) override;

  private:
    std::optional<Failure> read_level(bool& level) const;

    const LineName& name_;
    Edges armed_;
    UniqueFd file_;
    bool level_ = false;
};

}  // namespace gpiofs::monitor
