// SPDX-License-Identifier: MIT
#pragma once

#include "support/files.h"
#include "support/wait.h"

#include <chrono>
#include <future>
#include <initializer_list>
#include <string>
#include <vector>

namespace gpiofs::test {

/// One poll() call: the events that came ("PRI|ERR"), "timeout", or an errno's name.
std::string poll_once(int fd, short events, std::chrono::milliseconds limit);

/// "IN|PRI|OUT|ERR" and so on, in that order.
std::string event_names(unsigned events);

/// Threads of this process that sleep in one of these system calls, so that a test can wait for its
/// sleepers instead of guessing.
std::size_t sleepers_in(std::initializer_list<long> calls);

/// Those in poll(), select(), epoll_wait() and their kin.
std::size_t sleeping_pollers();

/// Waits until at least `count` threads of this process sleep in poll() or its kin.
bool wait_for_sleepers(std::size_t count);

/// A thread that polls a descriptor for POLLPRI|POLLERR until something comes.
std::future<std::string> poll_in_background(int fd);

}  // namespace gpiofs::test
