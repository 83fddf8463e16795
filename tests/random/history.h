// SPDX-License-Identifier: MIT
#pragma once

#include <deque>
#include <stdexcept>
#include <string>
#include <string_view>

namespace gpiofs::test {

/// An access was answered otherwise than it must be.
class Difference : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// The last accesses of a client, for the report of a difference. Thread-bound.
class History {
  public:
    /// Begins an operation and returns its number, from 1.
    long begin() { return ++operations_; }
    long operations() const noexcept { return operations_; }
    /// Notes an access and its answer. Throws Difference if the answer is not the expected one.
    void check(const std::string& access, const std::string& expected, const std::string& answer);
    /// Notes what is no access.
    void note(const std::string& line);
    [[noreturn]] void differ(const std::string& access, const std::string& expected,
                             const std::string& answer);

  private:
    static constexpr std::size_t kept = 24;

    long operations_ = 0;
    std::deque<std::string> lines_;
};

/// For people: control characters escaped, "\n" for a newline.
std::string in_quotes(std::string_view text);

}  // namespace gpiofs::test
