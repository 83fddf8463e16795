// SPDX-License-Identifier: MIT
#pragma once

#include "base/unique_fd.h"
#include "support/poller.h"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <future>
#include <string>

namespace gpiofs::test {

/// Somebody who sleeps in poll() on `value` of an exported line, of which he wants both edges.
class ArmedPoller {
  public:
    explicit ArmedPoller(const fs::path& line) {
        REQUIRE(write_text(line / "edge", "both") == "ok");
        value_ = open_file(line / "value", O_RDONLY);
        REQUIRE(read_at(value_.get(), 0).size() == 2);
        woken_ = poll_in_background(value_.get());
        REQUIRE(wait_for_sleepers(1));
    }

    /// Waits until he wakes; the events that he finds. Once.
    std::string woken() { return woken_.get(); }
    /// What he then reads.
    std::string reads() const { return read_at(value_.get(), 0); }

  private:
    UniqueFd value_;
    std::future<std::string> woken_;
};

}  // namespace gpiofs::test
