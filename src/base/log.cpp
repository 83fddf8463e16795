// SPDX-License-Identifier: MIT
#include "base/log.h"

#include "base/log_stream.h"
#include "base/system_log.h"
#include "base/text.h"

#include <fmt/format.h>
#include <syslog.h>

#include <algorithm>
#include <atomic>
#include <climits>
#include <mutex>
#include <string>

namespace gpiofs::log {
namespace {

/// What a pipe takes whole or not at all, less room for the newline.
constexpr std::size_t most_bytes = PIPE_BUF - 1;

struct State {
    std::string program = "mpsse-gpiofs";
    std::atomic<Level> level = Level::info;
    std::mutex mutex;
    Sink sink = Sink::standard_error;  ///< guarded by mutex, as all below
    ErrorStream stream;
    SystemLog system;
    unsigned long dropped = 0;

    bool put(Level line_level, std::string_view text);
    void write(Level line_level, std::string_view text);
};

State& state() noexcept {
    static State instance;
    return instance;
}

int priority(Level level) noexcept {
    switch (level) {
        case Level::error:
            return LOG_ERR;
        case Level::warning:
            return LOG_WARNING;
        case Level::info:
            return LOG_INFO;
        case Level::debug:
            break;
    }
    return LOG_DEBUG;
}

bool State::put(Level line_level, std::string_view text) {
    if (sink == Sink::syslog) {
        return system.write(priority(line_level), program, text.substr(0, most_bytes));
    }
    std::string line = fmt::format("{}: {}", program, text);
    line.resize(std::min(line.size(), most_bytes));
    line += '\n';
    return stream.write(line);
}

void State::write(Level line_level, std::string_view text) {
    const std::string safe = escape_control(text);
    const std::lock_guard lock(mutex);
    if (dropped > 0 &&
        put(Level::warning, fmt::format("{} lines dropped: nobody took them in time", dropped))) {
        dropped = 0;
    }
    dropped += dropped > 0 || !put(line_level, safe) ? 1U : 0U;
}

}  // namespace

void set_program(std::string_view name) { state().program = name; }

void set_sink(Sink sink) noexcept {
    const std::lock_guard lock(state().mutex);
    state().sink = sink;
    state().stream.close();
}

void set_level(Level level) noexcept { state().level = level; }

bool enabled(Level level) noexcept { return level <= state().level; }

void write(Level level, std::string_view text) noexcept {
    if (!enabled(level)) {
        return;
    }
    try {
        state().write(level, text);
    } catch (...) {  // NOLINT(bugprone-empty-catch): no memory for a log line is no reason to stop
    }
}

}  // namespace gpiofs::log
