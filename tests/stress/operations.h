// SPDX-License-Identifier: MIT
#pragma once

#include "stress/journal.h"
#include "support/files.h"

#include <sys/stat.h>

#include <fcntl.h>

/// Every kind of access of the stress tests with every result that is right for it, while its line
/// or its whole board may go at any moment. An open that finds the name gone is ENOENT; ENODEV is
/// what a file says that was found before, as in sysfs.
namespace gpiofs::test::operations {

// A level is read from the pin; a text that is not the expected one becomes itself.
inline const Operation read_value{"read value", {"0\n", "1\n", "ENOENT", "ENODEV"}};
inline const Operation read_low{"read value of a low pin", {"0\n", "ENOENT", "ENODEV"}};
inline const Operation read_high{"read value of a high pin", {"1\n", "ENOENT", "ENODEV"}};
inline const Operation read_direction{"read direction", {"in\n", "out\n", "ENOENT", "ENODEV"}};
inline const Operation read_lines{"read lines", {"table", "ENOENT", "ENODEV"}};
inline const Operation read_counters{"read counters", {"table"}};

inline const Operation write_value{"write value", {"ok", "ENOENT", "ENODEV"}};
inline const Operation write_direction{"write direction", {"ok", "ENOENT", "ENODEV"}};
inline const Operation write_edge{"write edge", {"ok", "ENOENT", "ENODEV"}};
inline const Operation write_active_low{"write active_low", {"ok", "ENOENT", "ENODEV"}};
// EINVAL: no board has the number.
inline const Operation write_export{"write export", {"ok", "EINVAL"}};
inline const Operation write_unexport{"write unexport", {"ok", "EINVAL"}};
inline const Operation write_chip_export{"write chip export", {"ok", "ENOENT", "ENODEV"}};
inline const Operation write_chip_unexport{"write chip unexport", {"ok", "ENOENT", "ENODEV"}};
inline const Operation write_bench{"write bench", {"ok"}};

inline const Operation list_folder{"list", {"ok", "ENOENT"}};
inline const Operation stat_name{"lstat", {"ok", "ENOENT"}};

// Woken by an edge, or because the line has gone.
inline const Operation poll_value{"poll value", {"PRI|ERR"}};
// An open file of a line that has gone.
inline const Operation read_gone{"read a file that has gone", {"ENODEV"}};
inline const Operation write_gone{"write a file that has gone", {"ENODEV"}};

}  // namespace gpiofs::test::operations
