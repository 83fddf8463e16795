// SPDX-License-Identifier: MIT
#include "fs/events_file.h"

#include "base/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <iterator>
#include <poll.h>
#include <utility>

namespace gpiofs::fs {
namespace {

/// A longer read() comes in parts, and a part that was filled makes the kernel ask for the next
/// (Linux fs/fuse/file.c, fuse_direct_io), which would swallow the end of file. No part is as short
/// as this.
constexpr std::size_t longest_answer = std::size_t{64} * 1024;
/// Edges taken from the ring at a time.
constexpr std::size_t chunk = 64;

}  // namespace

EventsFile::EventsFile(const Node& node) : OpenFile(node), line_(*this->node().line) {
    line_.value_events().attach(subscription_);
    if (const gpio::EdgeRing* const edges = line_.edges()) {
        next_ = edges->oldest();
    }
}

EventsFile::~EventsFile() { line_.value_events().detach(subscription_); }

void EventsFile::read(Reply& reply, const ReadCall& call) {
    if (line_.dead()) {
        throw_errno(ENODEV, "the line or board is gone");
    }
    std::string text;
    {
        const std::lock_guard lock(mutex_);
        text = take(std::min(call.size, longest_answer));
    }
    fuse_reply_buf(reply.take(), text.data(), text.size());
}

std::string EventsFile::take(std::size_t size) {
    std::string text;
    append_rest(text, size);
    if (const gpio::EdgeRing* const edges = line_.edges()) {
        end_ = end_.value_or(edges->end());
        if (rest_.empty()) {
            append_edges(*edges, text, size);
        }
    }
    if (text.empty()) {
        end_.reset();
    }
    return text;
}

void EventsFile::append_edges(const gpio::EdgeRing& edges, std::string& text, std::size_t size) {
    std::array<gpio::EdgeEvent, chunk> taken;
    fmt::memory_buffer line;
    while (true) {
        const auto [first, count] = edges.copy(next_, *end_, taken);
        for (std::size_t n = 0; n < count; ++n) {
            const std::uint64_t lost = n == 0 ? first - next_ : 0;
            line.clear();
            fmt::format_to(std::back_inserter(line), "{} {} {}\n",
                           taken[n].time.time_since_epoch().count(),
                           taken[n].rising ? "rising" : "falling", lost);
            const bool fits = text.size() + line.size() <= size;
            if (!fits && !text.empty()) {
                return;
            }
            next_ = first + n + 1;
            if (!fits) {
                rest_.assign(line.data(), line.size());
                append_rest(text, size);
                return;
            }
            text.append(line.data(), line.size());
        }
        if (count < taken.size()) {
            return;
        }
    }
}

void EventsFile::append_rest(std::string& text, std::size_t size) {
    const std::size_t part = std::min(rest_.size(), size - text.size());
    text.append(rest_, 0, part);
    rest_.erase(0, part);
}

void EventsFile::write(Reply& /*reply*/, std::string_view /*data*/) {
    throw_errno(EBADF, "edges are only read");
}

unsigned EventsFile::poll(std::unique_ptr<gpio::Wakeup> wakeup) {
    // The wake-up is left first: an edge that comes after the look at the ring finds it.
    static_cast<void>(line_.value_events().poll(subscription_, std::move(wakeup)));
    const gpio::EdgeRing* const edges = line_.edges();
    const std::lock_guard lock(mutex_);
    const bool behind = !rest_.empty() || (edges != nullptr && next_ != edges->end());
    const unsigned readable = behind ? POLLIN | POLLRDNORM | POLLPRI : 0U;
    return line_.value_events().dead() ? readable | POLLERR : readable;
}

}  // namespace gpiofs::fs
