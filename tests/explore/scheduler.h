// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "context.h"
#include "path.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gpiofs::explore {

/// How far a search goes; within it, everything is tried.
struct Bound {
    /// How often in one run a thread that could go on may have to stand back for another. Changes
    /// of thread where one blocks or ends are free.
    unsigned preemptions = 0;
    /// How often in one run a timed wait may time out although somebody could go on; if that was
    /// the running thread, it is a preemption too. When nobody can, time passes freely.
    unsigned timeouts = 0;
};

/// What a blocked thread waits for; it lives in the call that blocks.
struct Condition {
    bool (*holds)(const void*) = nullptr;
    const void* of = nullptr;
};

/// One thread of the program under test.
struct Task {
    Task(std::string called, std::function<void()> does)
        : name(std::move(called)), body(std::move(does)) {}

    std::string name;
    std::function<void()> body;
    std::unique_ptr<Context> context;
    Condition blocked;  ///< may go on if empty
    const char* doing = "begins";
    const void* object = nullptr;
    /// In a timed wait: when it ends at the latest.
    std::optional<TimePoint> deadline;
    bool timed_out = false;
    unsigned locks = 0;  ///< that it holds
    bool ended = false;
};

/// One run of a program under one schedule. Its threads are contexts of which one runs at a time,
/// and it goes from one to another only where the program calls in here. Time stands still but
/// where a timed wait ends.
class Scheduler {
  public:
    Scheduler(Path& path, const Bound& bound) : path_(path), bound_(bound) {}
    Scheduler(const Scheduler&) = delete;
    Scheduler& operator=(const Scheduler&) = delete;
    ~Scheduler();

    /// Does `scenario` as the thread "main" until all threads have ended. What failed, or nothing.
    std::optional<std::string> run(const std::function<void()>& scenario);

    std::size_t steps() const noexcept { return trace_.size(); }
    /// Every step with its thread, one per line.
    std::string trace() const;

    /// The one that runs; only to be asked by its threads.
    static Scheduler& running() noexcept { return *running_; }
    static bool is_running() noexcept { return running_ != nullptr; }

    // For the threads.
    Task& self() noexcept { return *current_; }
    TimePoint now() const noexcept { return now_; }
    Task* start(std::string_view name, std::function<void()> body);
    /// Threads of that name that have not ended.
    std::size_t alive(std::string_view name) const noexcept;
    /// A step that goes on at once.
    void note(const char* doing, const void* object);
    /// A step: others may come first.
    void step(const char* doing, const void* object = nullptr);
    /// A step that can be done only once `holds()`, which takes no steps of its own.
    template <typename Holds>
    void step_when(const Holds& holds, const char* doing, const void* object = nullptr) {
        self().blocked = {[](const void* of) { return (*static_cast<const Holds*>(of))(); },
                          &holds};
        step(doing, object);
        self().blocked = {};
    }
    /// From here on nobody is preempted: for the end of a scenario, when what it is about is over.
    void settle() noexcept { bound_ = {}; }
    /// One of several possibilities, each tried in a run of its own.
    std::size_t choose(std::size_t options);
    /// Ends the run; the threads are left as they are.
    [[noreturn]] void fail(std::string what);

  private:
    struct Step {
        const Task* task;
        const char* doing;
        const void* object;
    };

    static void thread_main();
    bool ready(const Task& task);
    /// Who is next; null if all have ended.
    Task* next();
    void pass_on(bool last);
    bool pass_time();
    std::string blocked_threads() const;

    static Scheduler* running_;

    Path& path_;
    Bound bound_;
    Context base_;
    std::vector<std::unique_ptr<Task>> tasks_;
    std::vector<Task*> options_;  ///< of next(), kept for its memory
    Task* current_ = nullptr;
    bool asking_ = false;  ///< a blocked thread's condition is being evaluated
    unsigned preemptions_ = 0;
    unsigned timeouts_ = 0;
    TimePoint now_{std::chrono::hours(1)};
    std::vector<Step> trace_;
    std::optional<std::string> failure_;
};

}  // namespace gpiofs::explore
