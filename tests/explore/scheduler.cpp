// SPDX-License-Identifier: MIT
#include "scheduler.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <iterator>
#include <map>

namespace gpiofs::explore {
namespace {

/// Far more than any run takes that ends.
constexpr std::size_t step_limit = 20000;

/// Threads of runs that failed: their stacks hold objects that nobody destroys.
std::vector<std::unique_ptr<Task>>& abandoned() {
    static std::vector<std::unique_ptr<Task>> tasks;
    return tasks;
}

}  // namespace

Scheduler* Scheduler::running_ = nullptr;

Scheduler::~Scheduler() {
    if (failure_) {
        std::move(tasks_.begin(), tasks_.end(), std::back_inserter(abandoned()));
    }
}

std::optional<std::string> Scheduler::run(const std::function<void()>& scenario) {
    running_ = this;
    current_ = start("main", scenario);
    base_.switch_to(*current_->context);
    running_ = nullptr;
    return failure_;
}

Task* Scheduler::start(std::string_view name, std::function<void()> body) {
    const auto same = std::count_if(tasks_.begin(), tasks_.end(), [name](const auto& task) {
        return task->name.substr(0, task->name.find(' ')) == name;
    });
    auto task = std::make_unique<Task>(
        same == 0 ? std::string(name) : fmt::format("{} {}", name, same + 1), std::move(body));
    task->context = std::make_unique<Context>(thread_main);
    tasks_.push_back(std::move(task));
    return tasks_.back().get();
}

void Scheduler::thread_main() {
    Scheduler& run = running();
    Task& task = run.self();
    task.context->entered();
    run.trace_.push_back({&task, task.doing, nullptr});
    try {
        std::exchange(task.body, {})();
    } catch (const std::exception& e) {
        run.fail(fmt::format("an exception left the thread {}: {}", task.name, e.what()));
    }
    task.ended = true;
    run.pass_on(true);
}

std::size_t Scheduler::alive(std::string_view name) const noexcept {
    return static_cast<std::size_t>(
        std::count_if(tasks_.begin(), tasks_.end(), [name](const auto& task) {
            return !task->ended && task->name.substr(0, task->name.find(' ')) == name;
        }));
}

bool Scheduler::ready(const Task& task) {
    if (task.ended || task.blocked.holds == nullptr) {
        return !task.ended;
    }
    asking_ = true;
    const bool holds = task.blocked.holds(task.blocked.of);
    asking_ = false;
    return holds;
}

void Scheduler::step(const char* doing, const void* object) {
    Task& task = self();
    task.doing = doing;
    task.object = object;
    pass_on(false);
    note(doing, object);
}

void Scheduler::note(const char* doing, const void* object) {
    if (asking_) {
        fail(fmt::format("the condition that a thread waits for takes a step: {}", doing));
    }
    trace_.push_back({&self(), doing, object});
    if (trace_.size() > step_limit) {
        fail(fmt::format("livelock: still going on after {} steps", step_limit));
    }
}

void Scheduler::pass_on(bool last) {
    Task& from = *current_;
    Task* const to = next();
    if (to != &from) {
        current_ = to;
        from.context->switch_to(to == nullptr ? base_ : *to->context, last);
    }
}

Task* Scheduler::next() {
    bool preempted = false;
    while (true) {
        const bool could_go_on = ready(*current_);
        const bool may_switch = !could_go_on || preempted || preemptions_ < bound_.preemptions;
        options_.clear();
        if (could_go_on) {
            options_.push_back(current_);
        }
        for (const auto& task : tasks_) {
            if (may_switch && task.get() != current_ && ready(*task)) {
                options_.push_back(task.get());
            }
        }
        if (options_.empty()) {
            if (pass_time()) {
                continue;
            }
            if (std::all_of(tasks_.begin(), tasks_.end(), [](const auto& t) { return t->ended; })) {
                return nullptr;
            }
            fail(blocked_threads());
        }
        const bool time_may_pass =
            may_switch && timeouts_ < bound_.timeouts &&
            std::any_of(tasks_.begin(), tasks_.end(), [](const auto& t) { return t->deadline; });
        const std::size_t taken = choose(options_.size() + (time_may_pass ? 1 : 0));
        if (could_go_on && taken != 0 && !preempted) {
            ++preemptions_;
            preempted = true;
        }
        if (taken < options_.size()) {
            return options_[taken];
        }
        ++timeouts_;
        pass_time();
    }
}

std::size_t Scheduler::choose(std::size_t options) {
    try {
        return path_.choose(options);
    } catch (const std::logic_error& e) {
        fail(e.what());
    }
}

bool Scheduler::pass_time() {
    TimePoint first = TimePoint::max();
    for (const auto& task : tasks_) {
        first = std::min(first, task->deadline.value_or(TimePoint::max()));
    }
    if (first == TimePoint::max()) {
        return false;
    }
    now_ = std::max(now_, first);
    for (const auto& task : tasks_) {
        if (task->deadline && *task->deadline <= now_) {
            task->timed_out = true;
            task->deadline.reset();
        }
    }
    return true;
}

void Scheduler::fail(std::string what) {
    failure_ = std::move(what);
    self().context->switch_to(base_);
    std::abort();  // nobody comes back here
}

std::string Scheduler::blocked_threads() const {
    std::string text = "deadlock:";
    for (const auto& task : tasks_) {
        if (!task->ended) {
            text += fmt::format(" [{} {}]", task->name, task->doing);
        }
    }
    return text;
}

std::string Scheduler::trace() const {
    std::map<const void*, std::size_t> numbers;
    std::string text;
    for (std::size_t i = 0; i < trace_.size(); ++i) {
        const Step& step = trace_[i];
        text += fmt::format("{:5}  {:12} {}", i, step.task->name, step.doing);
        if (step.object != nullptr) {
            text += fmt::format(" #{}", numbers.emplace(step.object, numbers.size()).first->second);
        }
        text += '\n';
    }
    return text;
}

}  // namespace gpiofs::explore
