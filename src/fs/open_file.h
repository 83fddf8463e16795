#pragma once

#include "fs/tree.h"
#include "gpio/event_node.h"

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace gpiofs::fs {

/// One open file: the text it is reading, and how far it knows the events. Shared by descriptors
/// made with dup() and fork(), as in the kernel. Thread-safe.
class OpenFile : public std::enable_shared_from_this<OpenFile> {
  public:
    OpenFile(Node node, gpio::EventNode& events);
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    ~OpenFile();

    const Node& node() const noexcept { return node_; }
    bool dead() const noexcept { return events_.dead(); }

    /// The part of the text at `offset`, if it continues what was read before; nothing if the text
    /// has to be produced anew: at offset 0, and wherever a seek went (Linux fs/seq_file.c).
    std::optional<std::string> continued(std::size_t offset, std::size_t size);
    /// Keeps `text`, of which the part at `offset` is being answered.
    void store_snapshot(std::string_view text, std::size_t offset, std::size_t size);

    void mark_seen() noexcept { events_.mark_seen(subscription_); }
    bool poll(std::unique_ptr<gpio::Wakeup> wakeup) {
        return events_.poll(subscription_, std::move(wakeup));
    }

  private:
    const Node node_;
    gpio::EventNode& events_;
    gpio::Subscription subscription_;

    std::mutex mutex_;
    std::string snapshot_;         ///< guarded by mutex_
    std::size_t next_offset_ = 0;  ///< guarded by mutex_
};

}  // namespace gpiofs::fs
