// SPDX-License-Identifier: MIT
#pragma once

#include "cli/listed_board.h"
#include "cli/udev_database.h"

#include <optional>
#include <string>
#include <string_view>

/// How a board comes to be mounted when it is plugged in, for --list. Reentrant.
namespace gpiofs::cli {

/// Comments and shell commands that opt boards in, ready to paste: by VID:PID once for each, and by
/// serial, or path where the serial does not do, for each board. Empty if all mount themselves.
std::string format_opt_in(Boards boards, const AskUdev& ask_udev);

/// What a udev rule compares an attribute with so that exactly `text` matches, without the quotes
/// around it; nothing if rules cannot say it. udev(7): "|" separates alternatives and cannot be
/// escaped, * ? [ are wild and stand for themselves in brackets, only a quote takes a backslash.
std::optional<std::string> udev_pattern(std::string_view text);

}  // namespace gpiofs::cli
