#include "base/log.h"

#include "base/text.h"

#include <fmt/format.h>
#include <syslog.h>

#include <atomic>
#include <string>
#include <unistd.h>

namespace gpiofs::log {
namespace {

struct State {
    std::string program = "mpsse-gpiofs";
    std::atomic<Sink> sink = Sink::standard_error;
    std::atomic<Level> level = Level::info;
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

}  // namespace

void set_program(std::string_view name) { state().program = name; }

void set_sink(Sink sink) noexcept {
    if (sink == Sink::syslog) {
        openlog(state().program.c_str(), LOG_PID, LOG_DAEMON);
    }
    state().sink = sink;
}

void set_level(Level level) noexcept { state().level = level; }

bool enabled(Level level) noexcept { return level <= state().level; }

void write(Level level, std::string_view text) noexcept {
    if (!enabled(level)) {
        return;
    }
    try {
        const std::string safe = escape_control(text);
        if (state().sink == Sink::syslog) {
            syslog(priority(level), "%s", safe.c_str());
            return;
        }
        const std::string line = fmt::format("{}: {}\n", state().program, safe);
        [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
    } catch (...) {  // NOLINT(bugprone-empty-catch): no memory for a log line is no reason to stop
    }
}

}  // namespace gpiofs::log
