// SPDX-License-Identifier: MIT
#pragma once

#include "fs/fuse_api.h"
#include "gpio/event_node.h"

#include <memory>
#include <utility>

namespace gpiofs::fs {

struct PollHandleDestroyer {
    void operator()(fuse_pollhandle* handle) const noexcept { fuse_pollhandle_destroy(handle); }
};
/// The callee of FUSE's poll owns the handle on every path.
using PollHandle = std::unique_ptr<fuse_pollhandle, PollHandleDestroyer>;

/// Wakes who sleeps in poll() on one open file. Not to be notified once the session is unmounted.
class PollWakeup final : public gpio::Wakeup {
  public:
    explicit PollWakeup(PollHandle handle) noexcept : handle_(std::move(handle)) {}
    void notify() noexcept override { fuse_lowlevel_notify_poll(handle_.get()); }

  private:
    PollHandle handle_;
};

}  // namespace gpiofs::fs
