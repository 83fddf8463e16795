// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <csignal>
#include <functional>
#include <thread>

namespace gpiofs {

/// SIGHUP, SIGINT and SIGTERM as a call on a thread of its own, where more may be done than in a
/// signal handler. A signal that was ignored when the program started stays ignored.
/// Made by the main thread before it makes others: it blocks the signals for all of them, and they
/// stay pending until watch().
class EndSignals {
  public:
    EndSignals();
    EndSignals(const EndSignals&) = delete;
    EndSignals& operator=(const EndSignals&) = delete;
    ~EndSignals();

    /// Calls `hook` once, at the first signal, or at once if a signal has come before, and does so
    /// instead of calling the hook of an earlier watch(). Throws std::system_error if there can be
    /// no thread.
    void watch(std::function<void()> hook);
    /// Whether a signal has come.
    bool came() const noexcept { return came_; }
    /// When it returns the hook is not running and will not run.
    void stop_watching() noexcept;

    /// Does what a SIGTERM from outside does. Any thread.
    static void raise() noexcept;

  private:
    sigset_t signals_{};
    sigset_t mask_before_{};
    /// The thread is to stop watching.
    std::atomic<bool> ending_ = false;
    std::atomic<bool> came_ = false;
    std::thread thread_;
};

}  // namespace gpiofs
