// SPDX-License-Identifier: MIT
#pragma once

#include "base/unique_fd.h"
#include "monitor/event_text.h"
#include "monitor/line_name.h"
#include "monitor/source.h"

#include <memory>

namespace gpiofs::monitor {

/// The file `events` of mpsse-gpiofs: every edge with the time of its sample.
class EventsSource final : public Source {
  public:
    /// Opens it in the line's open folder and passes over the edges it has by now. Nothing if there
    /// is no such file. Throws Failure. `name` outlives this.
    static std::unique_ptr<EventsSource> open(int folder, const LineName& name);

    int fd() const noexcept override { return file_.get(); }
    short events() const noexcept override;
    bool tells_when_gone() const noexcept override { return true; }
    std::optional<Failure> take(short revents, std::uint64_t woken,
                                std::vector<Edge>& edges) override;

  private:
    EventsSource(UniqueFd file, const LineName& name);

    /// Appends what the file has by now. `seen` tells whether that was anything.
    std::optional<Failure> read_to_end(std::vector<Edge>& edges, bool& seen);

    UniqueFd file_;
    const LineName& name_;
    EventText text_;
};

}  // namespace gpiofs::monitor
