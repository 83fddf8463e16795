// SPDX-License-Identifier: MIT
#pragma once

#include "base/unique_fd.h"
#include "monitor/edge.h"
#include "monitor/end_signal.h"
#include "monitor/line_name.h"

#include <sys/types.h>

#include <string>

namespace gpiofs::monitor {

/// Keeps the `edge` of a line armed for as long as it lives. If nobody had armed the line, it
/// writes "both" and holds a shared lock (flock) on `edge`; so do monitors that come later. The one
/// that finds no other lock at its end writes "none" again. A line that somebody else had armed is
/// left as it is. A monitor that is killed by SIGKILL while it is the only one leaves the line
/// armed. Thread-bound.
class Arming {
  public:
    /// `folder` is the open folder of the line, and outlives this. Throws Failure if the line has
    /// no edges, cannot be armed, or is armed so that it does not have all of `wanted`; Interrupted
    /// if a signal comes first.
    Arming(int folder, const LineName& name, Edges wanted, const EndSignal& signals);
    Arming(const Arming&) = delete;
    Arming& operator=(const Arming&) = delete;
    ~Arming();

    /// What the line is armed for.
    Edges armed_for() const noexcept { return armed_for_; }
    /// Whether the file `edge` still is a line's. Does not move the line or ask the chip.
    bool line_exists() const noexcept;

    /// Tells lines apart, however they are named.
    bool is_same_line(const Arming& other) const noexcept;

  private:
    void open();
    void decide(const EndSignal& signals);
    /// With the folder locked.
    void decide_alone();
    /// The text of `edge`, without its newline.
    std::string read_setting() const;
    void arm();
    void put_back() noexcept;
    /// With the folder locked.
    void put_back_if_last() noexcept;

    int folder_;
    const LineName& name_;
    Edges armed_for_ = Edges::both;
    UniqueFd edge_;
    bool writable_ = false;
    bool locked_ = false;
    dev_t device_ = 0;
    ino_t inode_ = 0;
};

}  // namespace gpiofs::monitor
