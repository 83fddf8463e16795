#pragma once

#include "base/unique_fd.h"

#include <optional>
#include <string>

namespace gpiofs::fs {

/// What a board's folder is called: its serial with all but letters, digits, '.', '_' and '-'
/// replaced by '_', else its path. A serial that reads like a path does not count, nor one that
/// would be hidden or longer than a file name may be.
std::string folder_name(const std::optional<std::string>& serial, const std::string& path);

/// The folder that a mount gets for itself below one that several programs of ours share, such as
/// /run/mpsse-gpiofs. Of two boards with the same name the later one is called by its path. Who has
/// a folder keeps a lock on it, which a kill lets go. Thread-bound.
class MountFolder {
  public:
    /// Makes `parent` if need be, and the folder in it, and clears a dead mount of ours from there.
    /// Throws std::system_error with a text that names the folder and what to do.
    MountFolder(const std::string& parent, const std::optional<std::string>& serial,
                const std::string& path);
    MountFolder(const MountFolder&) = delete;
    MountFolder& operator=(const MountFolder&) = delete;
    ~MountFolder() { remove(); }

    const std::string& path() const noexcept { return path_; }
    /// Once nothing is mounted on it any more. Idempotent.
    void remove() noexcept;

  private:
    std::string parent_;
    std::string path_;
    UniqueFd lock_;
};

/// Clears what killed programs have left below `parent`: dead mounts of ours and empty folders. All
/// else stays, and so does what a program that lives has. A `parent` that does not exist is fine.
/// Throws std::system_error.
void clear_below(const std::string& parent);

}  // namespace gpiofs::fs
