// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "fs/bench.h"
#include "sim/board_config.h"
#include "transport/board.h"

#include <memory>
#include <vector>

namespace gpiofs::daemon {

/// The virtual boards of the command line, and their bench as files. A program that was built
/// without the simulator has none. Thread-safe once the last board has been added.
class VirtualBoards final : public transport::BoardSource {
  public:
    /// `clock` outlives it and every transport opened through it.
    explicit VirtualBoards(Clock& clock);
    VirtualBoards(const VirtualBoards&) = delete;
    VirtualBoards& operator=(const VirtualBoards&) = delete;
    ~VirtualBoards() override;

    /// Throws std::invalid_argument for a board that cannot be, and std::runtime_error if there
    /// are no virtual boards in this program.
    void add(const sim::BoardConfig& config);
    /// The files of the tree's `sim/` folder; nullptr without a board. From the first call on
    /// there is no other board to come.
    fs::Bench* files();

    std::vector<std::shared_ptr<transport::Board>> boards() override;
    void watch(transport::BoardObserver& observer) override;
    void stop_watching() noexcept override;

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace gpiofs::daemon
