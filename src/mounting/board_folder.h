// SPDX-License-Identifier: MIT
#pragma once

#include "base/unique_fd.h"
#include "mounting/folder.h"

#include <optional>
#include <string>

namespace gpiofs::mounting {

/// What a board's folder is called: its serial with all but letters, digits, '.', '_' and '-'
/// replaced by '_', else its path. A serial that reads like a path does not count, nor one that
/// would be hidden or longer than a file name may be.
std::string folder_name(const std::optional<std::string>& serial, const std::string& path);

/// The folder that a mount gets for itself below one that several programs of ours share, such as
/// /run/mpsse-gpiofs. Of two boards with the same name the later one is called by its path. Who has
/// a folder keeps a lock on it, which a kill lets go; only its owner can open, and so lock, it.
/// Thread-bound.
class BoardFolder {
  public:
    /// Makes `parent` if need be, and the folder in it, and clears a dead mount of ours from there.
    /// Throws std::system_error with a text that names the folder and what to do.
    BoardFolder(const std::string& parent, const std::optional<std::string>& serial,
                const std::string& path);
    BoardFolder(const BoardFolder&) = delete;
    BoardFolder& operator=(const BoardFolder&) = delete;
    ~BoardFolder() { remove(); }

    /// The folder itself, below whatever is mounted on it.
    Folder open() const;
    /// Once nothing is mounted on it any more. Idempotent.
    void remove() noexcept;

  private:
    Folder parent_;
    std::string name_;
    UniqueFd lock_;
};

/// Clears what killed programs have left below `parent`: dead mounts of ours and empty folders. All
/// else stays, and so does what a program that lives has; one that does not answer is told of in
/// the log. A `parent` that does not exist is fine. Throws std::system_error.
void clear_below(const std::string& parent);

}  // namespace gpiofs::mounting
