// SPDX-License-Identifier: MIT
#pragma once

#include "base/unique_fd.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

/// System calls on files as values: a result is text or the name of an errno, so that a failed
/// check prints what happened.
namespace gpiofs::test {

namespace fs = std::filesystem;

/// "ok" for 0, otherwise the errno's name: "EINVAL".
std::string errno_name(int error);

/// Opens; the descriptor is invalid on failure and errno says why.
UniqueFd open_file(const fs::path& path, int flags);
/// What open() says: "ok" or an errno's name.
std::string try_open(const fs::path& path, int flags);

/// The whole text, read from the start; an errno's name on failure.
std::string read_text(const fs::path& path);
/// pread of up to `size` bytes at `offset`; an errno's name on failure.
std::string read_at(int fd, off_t offset, std::size_t size = 64);
/// One write of `text` after opening O_WRONLY; "ok" or an errno's name.
std::string write_text(const fs::path& path, std::string_view text);
/// One write at offset 0; "ok" or an errno's name.
std::string write_at_start(int fd, std::string_view text);

/// Names in a folder, sorted; an errno's name alone on failure.
std::vector<std::string> list(const fs::path& path);

/// A folder of its own below the temporary directory, removed at the end.
class TemporaryFolder {
  public:
    TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder();
    const fs::path& path() const noexcept { return path_; }

  private:
    fs::path path_;
};

}  // namespace gpiofs::test
