// SPDX-License-Identifier: MIT
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

/// The locks and threads of everything that is taken down while others use it (src/gpio, src/poll).
/// They have names of their own so that a test can put types under the control of a scheduler in
/// this header's place and explore, on the shipped sources, every order in which threads can run.
namespace gpiofs {

using Mutex = std::mutex;
using ConditionVariable = std::condition_variable;
using Thread = std::thread;

}  // namespace gpiofs
