// SPDX-License-Identifier: MIT
#pragma once

#include "sim/bench.h"

#include <string>
#include <string_view>

namespace gpiofs::usbip {

/// Answers one line of the control socket, without its newline: `get N PATH` or
/// `set N PATH [TEXT]`, N being the board's number from 0 and PATH a file of its bench. In TEXT a
/// semicolon stands for a new line, in the answer likewise. The answer is `ok [TEXT]` or
/// `error ERRNO-NAME WHAT`, without a newline. Thread-safe.
std::string answer_line(sim::Bench& bench, std::string_view line);

/// Serves a connection line by line until its peer leaves. Never throws.
void serve_control(int socket, sim::Bench& bench) noexcept;

}  // namespace gpiofs::usbip
