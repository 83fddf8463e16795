// SPDX-License-Identifier: MIT
#include "alive.h"
#include "base/sync.h"
#include "explorer.h"
#include "sanitizer.h"
#include "scenario.h"

#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

using namespace gpiofs;
using namespace gpiofs::explore;

#if GPIOFS_ASAN
/// A run that fails leaves its threads where they are, and what they own with them.
extern "C" const char* __asan_default_options();  // NOLINT(bugprone-reserved-identifier)
extern "C" const char* __asan_default_options() { return "detect_leaks=0"; }
#endif

namespace {

constexpr Bound everything{1000, 1000};

/// What the search says of a program that is wrong on purpose; empty if it finds nothing.
std::string verdict(const std::function<void()>& program, const Bound& bound = everything) {
    const Report report = explore::explore(bound, program);
    CHECK(report.exhausted == !report.failure);
    if (report.failure) {
        CHECK(replay(bound, program, report.schedule).failure == report.failure);
    }
    return report.failure.value_or("");
}

bool begins(const std::string& text, const char* with) { return text.rfind(with, 0) == 0; }

/// Two threads that touch nothing, of three steps and three steps: main's after it has started the
/// other, the other's, each with its last, which is to join and to end.
void two_times_three_steps() {
    Thread other = start_thread("other", [] {
        Scheduler::running().step("steps");
        Scheduler::running().step("steps");
    });
    Scheduler::running().step("steps");
    Scheduler::running().step("steps");
    other.join();
}

struct Flag {
    Mutex mutex;
    ConditionVariable changed;
    bool up = false;

    void raise() {
        const std::lock_guard lock(mutex);
        up = true;
        changed.notify_one();
    }
};

}  // namespace

TEST_CASE("explorer: the number of schedules is the one that combinatorics gives") {
    // 6 steps of which 3 are main's: 6 over 3. One preemption: none at all, or main stands back
    // after its start or before one of two steps, once.
    CHECK(explore::explore(everything, two_times_three_steps).schedules == 20);
    CHECK(explore::explore({0, 0}, two_times_three_steps).schedules == 1);
    CHECK(explore::explore({1, 0}, two_times_three_steps).schedules == 4);
}

TEST_CASE("explorer: a program without fault passes, and its search ends") {
    CHECK(verdict([] {
              Flag flag;
              Thread waiter = start_thread("waiter", [&] {
                  std::unique_lock lock(flag.mutex);
                  flag.changed.wait(lock, [&] { return flag.up; });
              });
              flag.raise();
              waiter.join();
          }).empty());
}

TEST_CASE("explorer: finds a wake-up lost because nobody looks again under the lock") {
    const auto program = [] {
        Flag flag;
        Thread waiter = start_thread("waiter", [&] {
            bool up = false;
            {
                const std::lock_guard lock(flag.mutex);
                up = flag.up;
            }
            if (!up) {
                std::unique_lock lock(flag.mutex);
                flag.changed.wait(lock);
            }
        });
        flag.raise();
        waiter.join();
    };
    CHECK(begins(verdict(program), "deadlock: [main joins] [waiter waits on]"));
    CHECK(verdict(program, {0, 0}).empty());
}

TEST_CASE("explorer: finds a wake-up of one where two wait, whichever it is") {
    const auto program = [] {
        Flag flag;
        const auto wait = [&] {
            std::unique_lock lock(flag.mutex);
            flag.changed.wait(lock, [&] { return flag.up; });
        };
        Thread first = start_thread("waiter", wait);
        Thread second = start_thread("waiter", wait);
        flag.raise();
        first.join();
        second.join();
    };
    CHECK(begins(verdict(program), "deadlock"));
}

TEST_CASE("explorer: finds two locks taken in two orders") {
    CHECK(begins(verdict([] {
                     Mutex a;
                     Mutex b;
                     Thread other = start_thread("other", [&] {
                         const std::lock_guard first(b);
                         const std::lock_guard second(a);
                     });
                     {
                         const std::lock_guard first(a);
                         const std::lock_guard second(b);
                     }
                     other.join();
                 }),
                 "deadlock: [main locks] [other locks]"));
}

TEST_CASE("explorer: finds a thread that joins itself") {
    CHECK(begins(verdict([] {
                     Thread self;
                     Mutex made;
                     {
                         const std::lock_guard lock(made);
                         self = start_thread("worker", [&] {
                             const std::lock_guard until_made(made);
                             self.join();
                         });
                     }
                     until([&] { return !self.joinable(); }, "until joined");
                 }),
                 "self join: the thread worker"));
}

TEST_CASE("explorer: finds the misuse of a lock, a condition and a thread") {
    CHECK(verdict([] {
              auto mutex = std::make_unique<Mutex>();
              mutex->lock();
              mutex.reset();
          }) == "a mutex was destroyed while locked");
    CHECK(verdict([] {
              Mutex mutex;
              mutex.unlock();
          }) == "a mutex was unlocked by a thread that had not locked it");
    CHECK(verdict([] {
              Mutex mutex;
              mutex.lock();
              mutex.lock();
          }) == "a thread locks a mutex that it has locked already");
    CHECK(verdict([] {
              Mutex mutex;
              bool waiting = false;
              auto changed = std::make_unique<ConditionVariable>();
              Thread waiter = start_thread("waiter", [&] {
                  std::unique_lock lock(mutex);
                  waiting = true;
                  changed->wait(lock);
              });
              until([&] { return waiting; }, "until it waits");
              mutex.lock();
              changed.reset();
          }) == "a condition variable was destroyed while a thread waits on it");
    CHECK(verdict([] { const Thread left = start_thread("left", [] {}); }) ==
          "a thread was destroyed that nobody has joined");
}

TEST_CASE("explorer: a timed wait ends in time and out of time") {
    int timeouts = 0;
    int wakeups = 0;
    const auto program = [&] {
        Flag flag;
        Thread waiter = start_thread("waiter", [&] {
            std::unique_lock lock(flag.mutex);
            const bool up =
                flag.changed.wait_for(lock, std::chrono::seconds(1), [&] { return flag.up; });
            ++(up ? wakeups : timeouts);
        });
        flag.raise();
        waiter.join();
    };
    CHECK(verdict(program, {1000, 0}).empty());
    CHECK(timeouts == 0);
    CHECK(wakeups > 0);
    CHECK(verdict(program, {1000, 1}).empty());
    CHECK(timeouts > 0);
    // Nobody raises the flag: time passes without being asked.
    CHECK(verdict([] {
              Flag flag;
              std::unique_lock lock(flag.mutex);
              flag.changed.wait_for(lock, std::chrono::seconds(1), [&] { return flag.up; });
          }).empty());
}

TEST_CASE("explorer: finds what goes on for ever, what is left behind, and what is thrown") {
    CHECK(begins(verdict([] {
                     while (true) {
                         Scheduler::running().step("turns round");
                     }
                 }),
                 "livelock"));
    CHECK(verdict([] {
              static std::unique_ptr<Alive> kept;
              kept = std::make_unique<Alive>();
              kept.release();  // NOLINT(bugprone-unused-return-value): it leaks on purpose
          }) == "leak: 1 objects were never destroyed");
    const std::function<void()> thrower = [] { throw std::runtime_error("thrown"); };
    CHECK(verdict(thrower) == "an exception left the thread main: thrown");
    CHECK(verdict([&]() noexcept { thrower(); }) == "std::terminate was called: thrown");
}
