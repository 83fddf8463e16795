// SPDX-License-Identifier: MIT
#pragma once

#include "stress/watchdog.h"

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace gpiofs::test {

/// A kind of access and every result it may have.
struct Operation {
    std::string_view name;
    std::vector<std::string_view> allowed;
};

/// Does the accesses of a run, counts their results, and notes each that is not allowed or took too
/// long, with the place at which it came. Thread-safe.
class Journal {
  public:
    explicit Journal(Watchdog& watchdog) : watchdog_(watchdog) {}

    /// What the failures from now on are put down to: "cycle 17".
    void begin(const std::string& place);
    /// Does `access`, which returns its result as text, on `what`; returns the result.
    template <typename Access>
    std::string perform(const Operation& operation, const std::string& what, const Access& access) {
        const Watchdog::Task task(watchdog_, std::string(operation.name) + " " + what);
        std::string result = access();
        note(operation, what, result);
        return result;
    }
    void fail(const std::string& text);

    bool failed() const;
    /// All failures, a line for each, with the seed; the first few if there are many.
    std::string failures() const;
    /// A table of operations with how often each result came.
    std::string counts() const;

  private:
    void note(const Operation& operation, const std::string& what, const std::string& result);
    void add_failure(const std::string& text);

    Watchdog& watchdog_;
    mutable std::mutex mutex_;
    std::string place_;
    std::vector<std::string> failures_;
    std::map<std::string_view, std::map<std::string, long>> counts_;
};

}  // namespace gpiofs::test
