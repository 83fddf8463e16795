// SPDX-License-Identifier: MIT
#pragma once

#include "fs/open_file.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace gpiofs::fs {

/// An open `events` of a line: a position in the line's ring of edges (gpio::EdgeRing), beginning
/// at the oldest. Each edge is a line of text: NANOSECONDS (CLOCK_MONOTONIC, of the sample),
/// "rising" or "falling", and how many edges this file missed right before it because they were
/// overwritten.
///
/// Reading never waits and always ends: the first read, and the first after an end of file, fixes
/// the edge up to which the file reads, and when that has been given one read is end of file.
/// Descriptors made by dup() and fork() share the position, and offsets mean nothing.
class EventsFile final : public OpenFile {
  public:
    explicit EventsFile(const Node& node);
    ~EventsFile() override;

    /// Whole lines, as many as fit, or a piece of one that does not fit. Throws std::system_error:
    /// ENODEV the line or board is gone.
    void read(Reply& reply, const ReadCall& call) override;
    /// Throws std::system_error: EBADF.
    void write(Reply& reply, std::string_view data) override;
    /// POLLIN and POLLPRI while there is text, POLLERR once the line or board is gone.
    unsigned poll(std::unique_ptr<gpio::Wakeup> wakeup) override;

  private:
    /// What a read of this size gives; empty at the end of file. With mutex_ held.
    std::string take(std::size_t size);
    /// The lines of the edges before number end_, as many as fit into `size`; a piece if none does.
    void append_edges(const gpio::EdgeRing& edges, std::string& text, std::size_t size);
    void append_rest(std::string& text, std::size_t size);

    gpio::Line& line_;
    gpio::Subscription subscription_;

    std::mutex mutex_;
    std::uint64_t next_ = 0;            ///< number of the edge to give; guarded by mutex_
    std::optional<std::uint64_t> end_;  ///< where this reading ends; guarded by mutex_
    std::string rest_;                  ///< of a line that was begun; guarded by mutex_
};

}  // namespace gpiofs::fs
