// SPDX-License-Identifier: MIT
#pragma once

#include "sim/virtual_board.h"
#include "transport/board.h"

#include <atomic>
#include <memory>
#include <string>

namespace gpiofs::sim {

/// A virtual board, from one plugging in to the next unplugging, as the driver sees boards: the
/// in-process door. Thread-safe.
class LocalBoard final : public transport::Board, public std::enable_shared_from_this<LocalBoard> {
  public:
    /// `board` is plugged in.
    LocalBoard(std::shared_ptr<VirtualBoard> board, std::string path);

    const transport::BoardInfo& info() const noexcept override { return info_; }
    std::string holder(unsigned number) const override;
    std::unique_ptr<transport::Transport> open(unsigned number,
                                               const transport::OpenOptions& options) override;

    VirtualBoard& board() const noexcept { return *board_; }
    Attachment attachment() const noexcept { return attachment_; }
    void release(unsigned number) noexcept { claimed_ &= ~(1U << number); }

  private:
    const std::shared_ptr<VirtualBoard> board_;
    const Attachment attachment_;
    const transport::BoardInfo info_;
    /// A bit per interface.
    std::atomic<unsigned> claimed_ = 0;
};

}  // namespace gpiofs::sim
