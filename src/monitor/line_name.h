// SPDX-License-Identifier: MIT
#pragma once

#include "monitor/failure.h"

#include <cstdint>
#include <string>
#include <utility>

namespace gpiofs::monitor {

/// A line as the user named it.
class LineName {
  public:
    /// The folder of a line.
    explicit LineName(std::string folder) : typed_(folder), folder_(std::move(folder)) {}
    /// A number and the folder of the tree that has it.
    LineName(std::string typed, const std::string& root, std::uint64_t number);

    /// As the user typed it.
    const std::string& typed() const noexcept { return typed_; }
    /// The line's folder, without a file's name.
    const std::string& folder() const noexcept { return folder_; }
    /// A file in the line's folder.
    std::string file(const std::string& name) const;

    /// What failed and why, for messages: "'513': why".
    std::string complain(const std::string& why) const;
    /// The command that writes `text` to a file of the line: "echo in > gpio513/direction".
    std::string command(const std::string& text, const std::string& file_name) const;

    /// Says that the line is no longer there.
    Failure gone() const;
    /// Why the folder cannot be opened and what to do: if it is missing from a tree, it ends with
    /// the command that exports the line. `error` is the errno of the attempt.
    std::string why_absent(int error) const;

  private:
    std::string typed_;
    std::string folder_;
};

}  // namespace gpiofs::monitor
