// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "check/conversation.h"
#include "check/report.h"

namespace gpiofs::check {

/// Two pins of one interface that are wired to each other.
struct Wire {
    unsigned interface_number = 0;
    /// Line offsets, 0 to 15.
    unsigned from = 0;
    unsigned to = 0;
};

/// Drives one pin of the wire at a time, reads the other, and reports: levels both ways, whether
/// `high` and `low` on an input start without a glitch, how many toggles are seen, and the shortest
/// pulse that is. Sampling is by the same engine, so what happens between two commands stays
/// unseen. It stops driving as soon as a pin does not read what it drives. `command` is the time
/// per command, for the pulse in microseconds.
///
/// All lines are inputs before and after, except when it throws, as Conversation does.
/// Thread-bound.
void check_wire(Conversation& talk, const Wire& wire, Duration command, Report& report);

}  // namespace gpiofs::check
