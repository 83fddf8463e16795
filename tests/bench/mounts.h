// SPDX-License-Identifier: MIT
#pragma once

#include "support/mount.h"

#include <string>
#include <vector>

namespace gpiofs::bench {

/// What a board has transferred; IN transfers that carried data.
struct Transfers {
    long out = 0;
    long in = 0;
};
Transfers transfers(const test::Mount& mount, unsigned board = 0);

/// Throw std::system_error.
UniqueFd open_or_throw(const test::fs::path& path, int flags);
void read_value(int file);
void write_or_throw(const test::fs::path& path, const std::string& text);

/// The mount of empty_filesystem.cpp.
class EmptyFilesystem {
  public:
    EmptyFilesystem();
    test::fs::path value() const { return mount_ / "line/value"; }
    test::fs::path notify() const { return mount_ / "line/notify"; }
    UniqueFd open_value() const;

  private:
    test::Mount mount_;
};

}  // namespace gpiofs::bench
