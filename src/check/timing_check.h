// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "check/conversation.h"
#include "check/report.h"

namespace gpiofs::check {

/// Measures and reports the time of a round trip, as the program reads a line, and the time per
/// command, from a batch of many reads against a batch of one. Returns the time per command. It is
/// an upper bound where the bus takes longer for a command's bytes than the engine for executing
/// it, which the report says. The engine is in MPSSE mode. Throws as Conversation does.
/// Thread-bound.
Duration check_timing(Conversation& talk, Report& report);

}  // namespace gpiofs::check
