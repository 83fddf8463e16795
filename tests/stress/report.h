// SPDX-License-Identifier: MIT
#pragma once

#include "support/mount.h"

#include <string>
#include <vector>

namespace gpiofs::test {

/// Prints how much resident memory has grown for each `cycle` ("cycle", "round"), and checks that
/// it is less than 1 KiB where that says something: in a long run of a build without sanitizers.
void check_growth(const std::vector<long>& resident_kib, const std::string& cycle);

/// What the program said last, for a run that failed.
std::string end_of_log(const Mount& mount);

}  // namespace gpiofs::test
