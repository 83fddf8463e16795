// SPDX-License-Identifier: MIT
#include "monitor/line.h"

#include "monitor/events_source.h"
#include "monitor/value_source.h"

#include <cerrno>
#include <fcntl.h>
#include <utility>

namespace gpiofs::monitor {

Line::Line(LineName name, Edges wanted, const EndSignal& signals)
    : name_(std::move(name)),
      wanted_(wanted),
      folder_(::open(name_.folder().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    if (!folder_) {
        throw Failure(status::error, name_.complain(name_.why_absent(errno)));
    }
    source_ = EventsSource::open(folder_.get(), name_);
    arming_ = std::make_unique<Arming>(folder_.get(), name_, wanted, signals);
    if (!source_) {
        source_ = std::make_unique<ValueSource>(folder_.get(), name_, arming_->armed_for());
    }
}

std::optional<Failure> Line::take(short revents, std::uint64_t woken, std::vector<Edge>& edges) {
    taken_.clear();
    auto failure = source_->take(revents, woken, taken_);
    for (Edge edge : taken_) {
        lost_ += edge.lost;
        if (includes(wanted_, edge.rising)) {
            edge.lost = std::exchange(lost_, 0);
            edges.push_back(edge);
        }
    }
    return failure;
}

std::optional<Failure> Line::look() const {
    if (source_->tells_when_gone() || arming_->line_exists()) {
        return std::nullopt;
    }
    return name_.gone();
}

}  // namespace gpiofs::monitor
