// SPDX-License-Identifier: MIT
#include "stress/watchdog.h"

#include "support/files.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <iostream>

namespace gpiofs::test {
namespace {

using Clock = std::chrono::steady_clock;

}  // namespace

Watchdog::Watchdog() : thread_([this] { watch(); }) {}

Watchdog::~Watchdog() {
    {
        const std::lock_guard lock(mutex_);
        over_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

void Watchdog::guard(pid_t program) {
    const std::lock_guard lock(mutex_);
    program_ = program;
}

Watchdog::Task::Task(Watchdog& watchdog, std::string name) : watchdog_(watchdog) {
    const std::lock_guard lock(watchdog_.mutex_);
    entry_ = watchdog_.tasks_.insert(watchdog_.tasks_.end(), {std::move(name), Clock::now()});
}

Watchdog::Task::~Task() {
    const std::lock_guard lock(watchdog_.mutex_);
    watchdog_.tasks_.erase(entry_);
}

void Watchdog::watch() {
    std::unique_lock lock(mutex_);
    while (!changed_.wait_for(lock, std::chrono::milliseconds(200), [this] { return over_; })) {
        const bool late = std::any_of(tasks_.begin(), tasks_.end(), [](const auto& task) {
            return Clock::now() - task.since > limit;
        });
        if (late && program_ > 0) {
            bite();
            program_ = -1;
        }
    }
}

void Watchdog::bite() const {
    std::cerr << fmt::format("not over after {} s; under way:\n", limit.count());
    for (const auto& task : tasks_) {
        const std::chrono::duration<double> age = Clock::now() - task.since;
        std::cerr << fmt::format("  {} for {:.1f} s\n", task.name, age.count());
    }
    const fs::path threads = fmt::format("/proc/{}/task", program_);
    std::cerr << "threads of the program, each with where it waits in the kernel:\n";
    for (const auto& id : list(threads)) {
        std::string name = read_text(threads / id / "comm");
        name.pop_back();
        std::cerr << fmt::format("  {} {}\n", name, read_text(threads / id / "wchan"));
    }
    ::kill(program_, SIGKILL);
}

}  // namespace gpiofs::test
