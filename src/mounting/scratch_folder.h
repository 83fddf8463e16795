// SPDX-License-Identifier: MIT
#pragma once

#include "base/unique_fd.h"

#include <string>

namespace gpiofs::mounting {

/// A folder of its own in /run, or where that cannot be written in /tmp, to mount something on for
/// a moment; gone at the end with what is mounted on it. It is locked, so that others tell it from
/// one that a killed program has left. Thread-bound.
class ScratchFolder {
  public:
    /// Throws std::system_error.
    ScratchFolder();
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;
    ~ScratchFolder();

    const std::string& path() const noexcept { return path_; }

    /// Does away with those that killed programs have left in /run.
    static void clear_remains();

  private:
    std::string path_;
    UniqueFd lock_;
};

}  // namespace gpiofs::mounting
