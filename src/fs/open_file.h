// SPDX-License-Identifier: MIT
#pragma once

#include "fs/request.h"
#include "fs/tree.h"
#include "gpio/event_node.h"

#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

namespace gpiofs::fs {

/// One read() of an open file, in bytes.
struct ReadCall {
    std::size_t size = 0;
    std::size_t offset = 0;
};

/// One open file. Shared by descriptors made with dup() and fork(), as in the kernel. Thread-safe.
class OpenFile : public std::enable_shared_from_this<OpenFile> {
  public:
    explicit OpenFile(Node node) : node_(std::move(node)) {}
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    virtual ~OpenFile() = default;

    const Node& node() const noexcept { return node_; }

    /// Both answer the request, now or later from another thread. If they throw, they have left it
    /// where it was, and the caller answers it with the exception's errno.
    virtual void read(Reply& reply, const ReadCall& call) = 0;
    virtual void write(Reply& reply, std::string_view data) = 0;
    /// The events of poll(), all there are. `wakeup` may be null (a poll that will not sleep);
    /// otherwise it replaces the one of the last poll. Never waits.
    virtual unsigned poll(std::unique_ptr<gpio::Wakeup> wakeup) = 0;

  private:
    const Node node_;
};

}  // namespace gpiofs::fs
