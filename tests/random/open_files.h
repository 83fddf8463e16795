// SPDX-License-Identifier: MIT
#pragma once

#include "base/unique_fd.h"
#include "random/board_model.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace gpiofs::test {

/// An open file of a line, and what it has seen.
struct OpenFile {
    enum class Kind { value, chip_value, direction, events };

    Kind kind = Kind::value;
    LineRef line;
    std::string name;
    std::shared_ptr<ExportModel> exported;
    UniqueFd fd;
    /// Edges told when it was last read.
    std::uint64_t seen = 0;
    /// Of `events`: the number of the next one, and of the one at which this pass ends.
    std::uint64_t cursor = 0;
    std::optional<std::uint64_t> end;
    /// Of `events`: the time of the last one.
    std::int64_t last_ns = 0;

    bool shows_value() const noexcept { return kind == Kind::value || kind == Kind::chip_value; }
    /// Whether poll() reports a change.
    bool changed() const noexcept { return exported->dead || seen != told(); }
    void note_seen() noexcept { seen = told(); }

  private:
    /// Only `value` of the legacy tree is told of edges.
    std::uint64_t told() const noexcept { return kind == Kind::value ? exported->told : 1; }
};

}  // namespace gpiofs::test
