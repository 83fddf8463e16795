// SPDX-License-Identifier: MIT
#pragma once

#include "random/export_model.h"
#include "random/pins_model.h"
#include "random/settings.h"

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gpiofs::test {

/// A line of a board, by the place of its chip among the board's.
struct LineRef {
    unsigned chip = 0;
    unsigned offset = 0;
};

inline PinRef pin_of(LineRef line) noexcept { return {line.chip, line.offset}; }

/// Predicts a mounted board: the answer ("ok" or an errno's name) or the text of each access, in
/// the order in which one client makes them. The rules are those of the kernel, and of the manual
/// where the kernel has no such file. Writes change the prediction.
class BoardModel {
  public:
    struct Chip {
        unsigned base = 0;
        unsigned number = 0;
        unsigned interval_us = 0;
        std::array<bool, 16> output{};
        std::array<std::shared_ptr<ExportModel>, 16> exported;
        /// A write has been acknowledged since the chip was last read, so that it, or the sample
        /// that follows it, may still be on its way.
        bool unsettled = false;
    };

    explicit BoardModel(const Setting& setting);

    const Setting& setting() const noexcept { return setting_; }
    std::vector<Chip>& chips() noexcept { return chips_; }
    PinsModel& pins() noexcept { return pins_; }
    bool plugged() const noexcept { return plugged_; }

    bool can_input(LineRef line) const noexcept { return has(setting_.can_input, line); }
    bool can_output(LineRef line) const noexcept { return has(setting_.can_output, line); }
    bool is_output(LineRef line) const { return chips_[line.chip].output[line.offset]; }
    unsigned number(LineRef line) const { return chips_[line.chip].base + line.offset; }
    /// None while it is not exported.
    std::shared_ptr<ExportModel> exported(LineRef line) const;
    std::vector<LineRef> exported_lines() const;
    /// Whether an edge is waited for: it is armed, and an input.
    bool sampled(LineRef line) const;
    bool samples(unsigned chip) const;

    // The files of a chip and of the root.
    std::string root_export(std::string_view text);
    std::string root_unexport(std::string_view text);
    std::string chip_export(unsigned chip, std::string_view text);
    std::string chip_unexport(unsigned chip, std::string_view text);
    std::string write_interval(unsigned chip, std::string_view text);
    std::string lines_table(unsigned chip) const;
    /// The names in the root.
    std::vector<std::string> names() const;

    // The files of an exported line.
    std::string write_direction(LineRef line, std::string_view text);
    std::string write_value(LineRef line, std::string_view text);
    std::string write_edge(LineRef line, std::string_view text);
    std::string write_active_low(LineRef line, std::string_view text);
    std::string value(LineRef line) const;
    std::string direction(LineRef line) const { return is_output(line) ? "out\n" : "in\n"; }

    // What happens to the board.
    /// A sample of the line, or of all lines of the chip.
    void sample(LineRef line);
    void sample(unsigned chip);
    /// Armed lines whose level is another than in the last sample.
    std::vector<LineRef> moved() const;
    void unplug();
    void plug_in() { plugged_ = true; }
    void lose_power();
    /// Edges that were told to who polls, of all lines so far.
    long edges() const noexcept { return edges_; }

  private:
    static bool has(unsigned mask, LineRef line) noexcept {
        return (mask >> line.offset & 1U) != 0;
    }
    std::string export_line(LineRef line);
    std::string unexport_line(LineRef line);
    void unexport_all();

    Setting setting_;
    std::vector<Chip> chips_;
    PinsModel pins_;
    bool plugged_ = true;
    long edges_ = 0;
};

}  // namespace gpiofs::test
