// SPDX-License-Identifier: MIT
#pragma once

#include "support/files.h"
#include "support/wait.h"

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

namespace gpiofs::test {

/// A program that was run to its end.
struct Finished {
    /// Exit status, or 128 plus the signal that ended it.
    int status = 0;
    std::string out;
    std::string err;
};

/// Runs a program (found by PATH) and collects what it prints; kills it after `patience`.
Finished run(const std::vector<std::string>& command);
/// Runs a script with `sh -euc`.
Finished shell(const std::string& script);

/// A child that goes on running; killed at the end if it still does.
class Process {
  public:
    /// Standard output and standard error go to `output`.
    Process(const std::vector<std::string>& command, const fs::path& output);
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;
    ~Process();

    pid_t pid() const noexcept { return pid_; }
    bool running();
    void signal(int number) const noexcept;
    /// Exit status as in Finished; -1 if it has not ended in time.
    int wait(std::chrono::milliseconds limit = patience);

  private:
    pid_t pid_ = -1;
    int status_ = -1;
};

}  // namespace gpiofs::test
