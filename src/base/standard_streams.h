// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace gpiofs {

/// Opens /dev/null where standard input, output or error is closed. Otherwise the next file that
/// is opened, a board or /dev/fuse, would get that number and then what is written there.
/// Called before anything else is opened.
void open_closed_standard_streams() noexcept;

/// Lets a write to a pipe that nobody reads fail instead of ending the program: called first of
/// all, since whoever reads the log may go at any time.
void ignore_broken_pipes() noexcept;

/// Writes to standard output, all of it. Throws std::system_error if that fails, as on a full disk;
/// into a pipe that nobody reads any more it ends the program by SIGPIPE, as other programs end.
void print(std::string_view text);

}  // namespace gpiofs
