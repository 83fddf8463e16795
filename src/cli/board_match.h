// SPDX-License-Identifier: MIT
#pragma once

#include "cli/udev_database.h"
#include "mpsse/chip_type.h"
#include "spec/board_spec.h"
#include "transport/board.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

/// Which of the boards that are plugged in to open, and which interfaces of them. Reentrant.
///
/// Without a BOARD word: every GPIO-only board, and a general-purpose one if there is no other. A
/// word other than `all` and `opted-in` stands for exactly one board. Identities outside the table
/// of known boards are only taken when named as VID:PID, or opted in. The n-th `sim:` word stands
/// for the virtual board "sim<n>".
namespace gpiofs::cli {

/// One board to open.
struct Choice {
    /// Index into the boards that were offered; 0 for an arrival.
    std::size_t board = 0;
    /// Index of the BOARD word that chose it; 0 if there are no words.
    std::size_t word = 0;
    const mpsse::ChipType* chip = nullptr;
    /// Numbers of the interfaces to open, ascending, not empty.
    std::vector<unsigned> interfaces;
};

struct ChoiceError {
    /// One line for the user.
    std::string text;
    /// The user must say which: show the list of boards.
    bool ambiguous = false;
};

/// Whether the word may mean a board with this identity, be it only to say that it is unknown.
bool may_mean(const spec::BoardSpec& word, std::uint16_t vendor, std::uint16_t product) noexcept;

/// Chooses among the boards that are there at the start. A word without a board is an error unless
/// `may_be_absent`. A board that udev has not come to is not opted in. On failure returns nothing
/// and fills in `error`.
std::optional<std::vector<Choice>> choose_boards(std::span<const spec::BoardSpec> words,
                                                 std::span<const transport::BoardInfo> present,
                                                 bool may_be_absent, const AskUdev& ask_udev,
                                                 ChoiceError& error);

/// Whether a board that has arrived later is wanted. `served` holds Choice::word of the boards that
/// are in use. Returns nothing if it is not; `error` then says why if it was meant but cannot be
/// used, and stays empty if it is simply somebody else's. Throws std::system_error EAGAIN if that
/// depends on udev, which has not come to the board yet.
std::optional<Choice> choose_arrival(std::span<const spec::BoardSpec> words,
                                     const transport::BoardInfo& arrived,
                                     std::span<const std::size_t> served, const AskUdev& ask_udev,
                                     std::string& error);

}  // namespace gpiofs::cli
