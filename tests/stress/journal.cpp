// SPDX-License-Identifier: MIT
#include "stress/journal.h"

#include "stress/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace gpiofs::test {
namespace {

std::string printable(std::string text) {
    if (!text.empty() && text.back() == '\n') {
        text.pop_back();
    }
    return text;
}

}  // namespace

void Journal::begin(const std::string& place) {
    const std::lock_guard lock(mutex_);
    place_ = place;
}

void Journal::note(const Operation& operation, const std::string& what, const std::string& result) {
    const bool allowed = std::find(operation.allowed.begin(), operation.allowed.end(), result) !=
                         operation.allowed.end();
    const std::lock_guard lock(mutex_);
    ++counts_[operation.name][printable(result)];
    if (!allowed) {
        add_failure(fmt::format("{} {}: '{}'", operation.name, what, printable(result)));
    }
}

void Journal::fail(const std::string& text) {
    const std::lock_guard lock(mutex_);
    add_failure(text);
}

void Journal::add_failure(const std::string& text) {
    failures_.push_back(fmt::format("seed {}, {}: {}", stress_seed(), place_, text));
}

bool Journal::failed() const {
    const std::lock_guard lock(mutex_);
    return !failures_.empty();
}

std::string Journal::failures() const {
    constexpr std::size_t most_shown = 20;
    const std::lock_guard lock(mutex_);
    std::string text;
    for (std::size_t i = 0; i < std::min(failures_.size(), most_shown); ++i) {
        text += failures_[i] + "\n";
    }
    if (failures_.size() > most_shown) {
        text += fmt::format("and {} more\n", failures_.size() - most_shown);
    }
    return text;
}

std::string Journal::counts() const {
    const std::lock_guard lock(mutex_);
    std::string text;
    for (const auto& [operation, results] : counts_) {
        fmt::format_to(std::back_inserter(text), "  {}:", operation);
        for (const auto& [result, count] : results) {
            fmt::format_to(std::back_inserter(text), " {} {}", result, count);
        }
        text += "\n";
    }
    return text;
}

}  // namespace gpiofs::test
