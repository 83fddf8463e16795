// SPDX-License-Identifier: MIT
#pragma once

#include "random/chance.h"
#include "random/export_model.h"
#include "random/history.h"
#include "random/settings.h"
#include "random/together.h"
#include "support/files.h"

#include <string>

namespace gpiofs::test {

/// Where a line of a mounted board is found.
struct LinePlace {
    fs::path root;
    unsigned chip = 0;
    unsigned base = 0;
    unsigned offset = 0;

    fs::path legacy() const;
    fs::path newer() const;
    /// The table of all lines of the chip.
    fs::path table() const;
    /// On the bench.
    fs::path pin() const;
};

/// The row of the line in the table, and "" if there is none or the table is an errno's name.
std::string row_of(const LinePlace& place, const std::string& table);

/// The only client that writes to a line with nothing connected: each acknowledged write is shown
/// by the next read, whatever others do with other lines.
class LineWriter {
  public:
    /// The line is exported, with `active_low` and `edge` as they are then.
    LineWriter(LinePlace place, const Setting& setting, Chance chance);

    /// So many writes, each with a read or two; throws Difference.
    void write_many(long writes, Stage& stage);

  private:
    void write_something();
    void write_direction();
    void write_value();
    void write_edge();
    void write_active_low();
    void read_something();
    /// After all that was written: the pin has changed as often as writes changed it.
    void check_pin();
    void leave_as_found();
    void write(const fs::path& path, std::string_view text, const std::string& expected);
    void check(const std::string& access, const std::string& expected, const std::string& answer);
    fs::path folder() { return chance_.coin() ? place_.legacy() : place_.newer(); }
    /// The level on the wire.
    bool level() const noexcept { return output_ ? driven_ : pulled_; }
    /// Notes a level change if there is one.
    void pin_is(bool output, bool driven);
    std::string expected_value() const;

    const LinePlace place_;
    const bool can_input_;
    const bool pulled_;
    Chance chance_;
    History history_;
    long accesses_ = 0;
    bool output_;
    bool driven_;
    bool active_low_ = false;
    Edge edge_ = Edge::none;
    /// How often the pin's level has changed, as the bench counts.
    long pin_changes_;
};

}  // namespace gpiofs::test
