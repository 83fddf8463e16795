// SPDX-License-Identifier: MIT
#pragma once

#include "base/sync.h"

#include <functional>

namespace gpiofs {

/// Starts a thread that takes no signals, so that they reach the main thread, and that `ps -L`
/// shows as `name` (15 characters at most). Throws std::system_error if there can be no thread.
Thread start_thread(const char* name, std::function<void()> body);

}  // namespace gpiofs
