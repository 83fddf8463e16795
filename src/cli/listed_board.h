// SPDX-License-Identifier: MIT
#pragma once

#include "transport/board.h"

#include <memory>
#include <span>
#include <string>

/// What the parts of --list say of a board alike. Reentrant.
namespace gpiofs::cli {

using Boards = std::span<const std::shared_ptr<transport::Board>>;

/// Known, or FTDI's, or with the descriptors of one of its MPSSE chips.
bool is_listed(const transport::BoardInfo& info) noexcept;

/// How many of its interfaces have an MPSSE engine; 0 if the chip is not known, or
/// has not as many USB interfaces as that one.
unsigned mpsse_interfaces(const transport::BoardInfo& info) noexcept;

/// Whether it has a serial, in characters that print, that no other of `boards` has.
bool has_serial_of_its_own(const transport::BoardInfo& info, Boards boards);

/// `text` so that a shell takes it as one word and as it stands.
std::string shell_quoted(const std::string& text);

}  // namespace gpiofs::cli
