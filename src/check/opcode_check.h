// SPDX-License-Identifier: MIT
#pragma once

#include "check/conversation.h"
#include "check/report.h"
#include "mpsse/chip_type.h"

namespace gpiofs::check {

/// Sends each opcode that the program uses, and those that tell chips apart, and reports how the
/// chip answers: nothing, bytes, or a refusal (FA and the opcode, AN_108 section 6.1). What is
/// expected comes from AN_108 sections 3.6, 3.7, 5.1 and 6.2: 8A and 8B exist on high-speed chips
/// only. Leaves all lines as inputs. The engine is in MPSSE mode. Throws as Conversation does, but
/// an opcode that the chip does not get over is a line of the report. Thread-bound.
void check_opcodes(Conversation& talk, const mpsse::ChipType& chip, Report& report);

/// Makes all lines inputs and reports their levels. Throws as Conversation does.
void check_pins_at_entry(Conversation& talk, const mpsse::ChipType& chip, Report& report);

}  // namespace gpiofs::check
