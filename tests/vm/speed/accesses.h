// SPDX-License-Identifier: MIT
#pragma once

#include "support/files.h"
#include "vm/sim_control.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <vector>

namespace gpiofs::test {

/// Runs of one kind of access as fast as one caller gets them done.
struct Runs {
    std::vector<double> ms;      ///< what each took, without the first of each run
    std::uint64_t accesses = 0;  ///< with the first ones
    Transfers transfers;
};

/// The same work, done through the mount and through libftdi1.
struct Pair {
    Runs mount;
    Runs libftdi;
    std::chrono::steady_clock::duration time{};  ///< from the first access to the last
};

/// Runs of both by turns, so that what slows the machine down slows down both.
Pair by_turns(SimControl& control, const std::function<void()>& mount,
              const std::function<void()>& libftdi);

double milliseconds(std::chrono::steady_clock::duration time);

/// What `access` takes, in milliseconds.
double time_of(const std::function<void()>& access);

/// Opens `value` of a gpioN folder for reading and writing; throws std::runtime_error.
UniqueFd open_value(const fs::path& line);
/// One read of an open `value` file; throws std::runtime_error if it gives no level.
bool read_level(int fd);
/// One write; throws std::runtime_error if it fails.
void write_level(int fd, bool level);
}  // namespace gpiofs::test
