// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "check/report.h"
#include "check/wire_check.h"
#include "mpsse/chip_type.h"
#include "transport/board.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gpiofs::check {

/// What is to be checked of a board.
struct Plan {
    const mpsse::ChipType* chip = nullptr;
    /// Numbers of the interfaces, ascending, not empty.
    std::vector<unsigned> interfaces;
    /// How an interface is claimed.
    transport::OpenOptions open;
    /// Pins that may be driven; nothing if none may.
    std::optional<Wire> wire;
    /// Why there is no wire although one was asked for, for the report; empty if none was.
    std::string wire_refused{};
};

/// Why the wire cannot be checked, as a line for the user; empty if it can.
std::string why_not_wired(const Wire& wire, const transport::BoardInfo& board, const Plan& plan);

/// Finds out what a board is and how it behaves, and reports it. No pin is driven unless the plan
/// has a wire. Afterwards all lines are inputs, the latency timer is what it was, and each
/// interface is left as by gpio::OnExit::automatic. Outputs that an earlier program left are not
/// restored: the chip cannot tell them.
class BoardCheck {
  public:
    /// All outlive it. `ended` may be set by any thread: the check then stops within one exchange.
    BoardCheck(transport::Board& board, Plan plan, Report& report, const Clock& clock,
               const std::atomic<bool>& ended);

    /// An interface that cannot be claimed, or fails, is told of in the log in one line, and makes
    /// the report incomplete. Thread-bound.
    void run(std::string_view program_version);

  private:
    void describe_board(std::string_view program_version);
    void check_interface(unsigned number);
    void describe_interface(const transport::Transport& wire, const std::string& holder);
    void check_engine(transport::Transport& wire, unsigned number);
    /// Makes all lines inputs and gives the interface back.
    void leave(std::unique_ptr<transport::Transport> wire, std::optional<std::uint8_t> latency);
    std::string name_of(unsigned number) const;
    void failed(unsigned number, const std::string& why);

    transport::Board& board_;
    Plan plan_;
    Report& report_;
    const Clock& clock_;
    const std::atomic<bool>& ended_;
    /// The interface that is being checked was seen in MPSSE mode. What is sent to one that is not
    /// leaves the chip on the UART's pins.
    bool in_mpsse_ = false;
};

}  // namespace gpiofs::check
