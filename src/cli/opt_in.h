#pragma once

#include "cli/listed_board.h"
#include "transport/board.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

/// How a board comes to be mounted when it is plugged in, for --list. Reentrant.
namespace gpiofs::cli {

/// Whether udev has a board mounted by itself.
using MountsItself = std::function<bool(const transport::BoardInfo&)>;

/// Asks udev's database for the property MPSSE_GPIOFS_MOUNT; no if there is no udev.
bool mounts_itself(const transport::BoardInfo& info);

/// Comments and shell commands that opt boards in, ready to paste: by VID:PID once for each, and by
/// serial, or path where the serial does not do, for each board. Empty if all mount themselves.
std::string format_opt_in(Boards boards, const MountsItself& mounts_itself);

/// What a udev rule compares an attribute with so that exactly `text` matches, without the quotes
/// around it; nothing if rules cannot say it. udev(7): "|" separates alternatives and cannot be
/// escaped, * ? [ are wild and stand for themselves in brackets, only a quote takes a backslash.
std::optional<std::string> udev_pattern(std::string_view text);

}  // namespace gpiofs::cli
