// SPDX-License-Identifier: MIT
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace gpiofs::monitor {

/// The exit statuses of mpsse-gpiomon(1).
namespace status {
constexpr int done = 0;
constexpr int error = 1;
constexpr int usage = 2;
constexpr int idle = 3;
constexpr int gone = 4;
}  // namespace status

/// Ends the program with this line for the user ("what failed: why: what to do") and this status.
class Failure : public std::runtime_error {
  public:
    Failure(int status, const std::string& text) : std::runtime_error(text), status_(status) {}
    int status() const noexcept { return status_; }

  private:
    int status_;
};

/// The text of an errno: "No such device".
std::string error_text(int error);

/// Whether a system call on an open file of a line failed because the line is no longer there:
/// unexported, its board unplugged, or the file system unmounted or its daemon killed.
bool means_gone(int error) noexcept;

}  // namespace gpiofs::monitor
