// SPDX-License-Identifier: MIT
#pragma once

#include "fs/open_file.h"

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace gpiofs::fs {

/// An open attribute: the text that is being read, and how far its reader knows the events.
class AttributeFile final : public OpenFile {
  public:
    /// `services` and `events` outlive it; the latter belong to the node's objects or to the tree.
    AttributeFile(const Services& services, Node node, gpio::EventNode& events);
    ~AttributeFile() override;

    void read(Reply& reply, const ReadCall& call) override;
    void write(Reply& reply, std::string_view data) override;
    unsigned poll(std::unique_ptr<gpio::Wakeup> wakeup) override;

    /// The events so far are no news to this file any more.
    void mark_seen() noexcept { events_.mark_seen(subscription_); }
    /// Keeps `text`, of which the part at `offset` is being answered.
    void store_snapshot(std::string_view text, std::size_t offset, std::size_t size);

  private:
    /// The part of the text at `offset`, if it continues what was read before; nothing if the text
    /// has to be produced anew: at offset 0, and wherever a seek went (Linux fs/seq_file.c).
    std::optional<std::string> continued(std::size_t offset, std::size_t size);
    void check_alive() const;

    const Services& services_;
    gpio::EventNode& events_;
    gpio::Subscription subscription_;

    std::mutex mutex_;
    std::string snapshot_;         ///< guarded by mutex_
    std::size_t next_offset_ = 0;  ///< guarded by mutex_
};

}  // namespace gpiofs::fs
