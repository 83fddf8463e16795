// SPDX-License-Identifier: MIT
#pragma once

#include <csignal>
#include <cstddef>
#include <exception>
#include <vector>

namespace gpiofs::explore {

/// While it lives, memory faults and std::terminate in a controlled thread fail the run instead of
/// ending the program. Under AddressSanitizer memory faults are left to that.
class FaultHandler {
  public:
    FaultHandler();
    FaultHandler(const FaultHandler&) = delete;
    FaultHandler& operator=(const FaultHandler&) = delete;
    ~FaultHandler();

  private:
    std::vector<char> stack_;
    stack_t stack_before_{};
    struct sigaction segv_before_ {};
    struct sigaction bus_before_ {};
    std::terminate_handler terminate_before_;
};

}  // namespace gpiofs::explore
