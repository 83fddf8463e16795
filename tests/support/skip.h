// SPDX-License-Identifier: MIT
#pragma once

#include <iostream>

/// Ends the running test case as skipped, and says why. ctest counts it (see TestProgram.cmake).
#define SKIP_TEST(reason)                                  \
    do {                                                   \
        std::cout << "SKIPPED: " << (reason) << std::endl; \
        return;                                            \
    } while (false)
