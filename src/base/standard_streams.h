#pragma once

#include <string_view>

namespace gpiofs {

/// Opens /dev/null where standard input, output or error is closed. Otherwise the next file that
/// is opened, a board or /dev/fuse, would get that number and then what is written there.
/// Called before anything else is opened.
void open_closed_standard_streams() noexcept;

/// Writes to standard output, all of it. Throws std::system_error if that fails, as on a full disk.
void print(std::string_view text);

}  // namespace gpiofs
