// SPDX-License-Identifier: MIT
#pragma once

#include "support/wait.h"

#include <sys/types.h>

#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>
#include <string>
#include <thread>

namespace gpiofs::test {

/// Ends what takes too long. A thread that is stuck in a request of a FUSE program cannot be
/// brought back by a signal, only by that program's end: when something that was begun is not over
/// after `limit`, the watchdog prints all that is under way and kills the program, and every stuck
/// call fails. Thread-safe.
class Watchdog {
    struct Entry {
        std::string name;
        std::chrono::steady_clock::time_point since;
    };

  public:
    /// More than `patience`, so that a wait that gives up says so itself.
    static constexpr auto limit = patience + std::chrono::seconds(10);

    Watchdog();
    Watchdog(const Watchdog&) = delete;
    Watchdog& operator=(const Watchdog&) = delete;
    ~Watchdog();

    /// The program to kill from now on; -1: none.
    void guard(pid_t program);

    /// Something under way, from its construction to its destruction.
    class Task {
      public:
        Task(Watchdog& watchdog, std::string name);
        Task(const Task&) = delete;
        Task& operator=(const Task&) = delete;
        ~Task();

      private:
        Watchdog& watchdog_;
        std::list<Entry>::iterator entry_;
    };

  private:
    void watch();
    void bite() const;

    std::mutex mutex_;
    std::condition_variable changed_;
    std::list<Entry> tasks_;
    pid_t program_ = -1;
    bool over_ = false;
    std::thread thread_;
};

}  // namespace gpiofs::test
