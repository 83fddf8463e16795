// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

/// One line per event, on stderr while in the foreground, to syslog once daemonized. Nobody waits
/// for who reads them: a line that is not taken at once is dropped, and before the next one that is
/// taken stands how many were. Thread-safe: a line is one write.
namespace gpiofs::log {

enum class Level { error, warning, info, debug };

/// Where lines go.
enum class Sink { standard_error, syslog };

/// The name that starts each line ("mpsse-gpiofs"); call before the first thread is made.
void set_program(std::string_view name);
void set_sink(Sink sink) noexcept;
/// The least important level that is still written; the default is info.
void set_level(Level level) noexcept;
bool enabled(Level level) noexcept;

/// Writes `text` as one line; control characters in it are escaped, and what is more than a pipe
/// takes at once is cut off.
void write(Level level, std::string_view text) noexcept;

inline void error(std::string_view text) noexcept { write(Level::error, text); }
inline void warning(std::string_view text) noexcept { write(Level::warning, text); }
inline void info(std::string_view text) noexcept { write(Level::info, text); }
inline void debug(std::string_view text) noexcept { write(Level::debug, text); }

}  // namespace gpiofs::log
