// SPDX-License-Identifier: MIT
#pragma once

#include "base/unique_fd.h"

#include <cstdint>
#include <string>

namespace gpiofs::test {

/// What a board has counted since it was plugged in.
struct Transfers {
    std::uint64_t out = 0;
    std::uint64_t in = 0;  ///< that carried data
    std::uint64_t status_only = 0;
    std::uint64_t control = 0;

    Transfers& operator+=(const Transfers& other) noexcept;
    Transfers operator-(const Transfers& other) const noexcept;
};

/// The bench of mpsse-sim's first board, over its control socket. Everything throws
/// std::runtime_error if that does not answer, or not with "ok". Thread-bound.
class SimControl {
  public:
    explicit SimControl(const std::string& path);

    /// Writes a file of the bench.
    void set(const std::string& path, const std::string& text);
    /// Returns when the outside world drives `pin`.
    void drive(const std::string& pin, bool level) { set(pin + "/drive", level ? "1" : "0"); }
    Transfers transfers();

  private:
    std::string ask(const std::string& line);

    UniqueFd socket_;
};

}  // namespace gpiofs::test
