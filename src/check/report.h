// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string_view>

namespace gpiofs::check {

/// The report of a check: lines of "name: value", so that a check that fails half way still says
/// what it found. Thread-bound.
class Report {
  public:
    /// Receives each line, with its newline, as soon as it is known. It is called while pins may be
    /// driven, so it must not throw.
    using Sink = std::function<void(std::string_view line)>;

    explicit Report(Sink sink);

    void fact(std::string_view name, std::string_view value);
    /// A fact that no healthy board has, with the reason.
    void suspicious(std::string_view name, std::string_view value, std::string_view why);
    /// Something that was to be found out is missing from the report.
    void incomplete() noexcept { complete_ = false; }
    /// Writes the last line, the result.
    void end();

    /// Complete, and nothing suspicious in it.
    bool good() const noexcept { return complete_ && suspicious_ == 0; }

  private:
    void write(std::string_view line);

    Sink sink_;
    unsigned suspicious_ = 0;
    bool complete_ = true;
};

}  // namespace gpiofs::check
