// SPDX-License-Identifier: MIT
#pragma once

#include "check/conversation.h"
#include "check/report.h"

namespace gpiofs::check {

/// Reports whether the latency timer keeps what it is given, which imitations of FTDI chips do not,
/// and whether 0x87 (send immediate, AN_108 section 5.1) makes a reply come before the timer ends.
/// Leaves the timer at another value. The engine is in MPSSE mode. Throws as Conversation does.
/// Thread-bound.
void check_settings(Conversation& talk, Report& report);

}  // namespace gpiofs::check
