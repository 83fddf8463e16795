// SPDX-License-Identifier: MIT
#pragma once

#include "fs/bench.h"
#include "sim/bench.h"

#include <string>
#include <string_view>
#include <vector>

namespace gpiofs::daemon {

/// The virtual boards' bench as the files of the tree's `sim/` folder. Thread-safe.
class BenchTree final : public fs::Bench {
  public:
    /// `bench` outlives it and gets no more boards.
    explicit BenchTree(sim::Bench& bench);

    unsigned boards() const override { return static_cast<unsigned>(boards_.size()); }
    const std::vector<std::string>& pins(unsigned board) const override;
    const std::vector<File>& board_files(unsigned board) const override;
    const std::vector<File>& pin_files(unsigned board) const override;
    std::string read(unsigned board, const std::string& path) const override;
    void write(unsigned board, const std::string& path, std::string_view text) override;

  private:
    struct Board {
        std::vector<std::string> pins;
        std::vector<File> board_files;
        std::vector<File> pin_files;
    };
    sim::Bench& bench_;
    std::vector<Board> boards_;
};

}  // namespace gpiofs::daemon
