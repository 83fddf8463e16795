// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace gpiofs::test {

/// Takes what the program logs, instead of the terminal, for as long as it lives. What goes to
/// standard error otherwise is shown at its end. One at a time.
class LogLines {
  public:
    LogLines();
    LogLines(const LogLines&) = delete;
    LogLines& operator=(const LogLines&) = delete;
    ~LogLines();

    /// The lines so far that are about `whom`, without what they begin with.
    std::vector<std::string> about(const std::string& whom) const;

  private:
    std::string text() const;

    int terminal_;
    int file_;
};

}  // namespace gpiofs::test
