#include "base/end_signals.h"

#include "base/thread.h"

#include <pthread.h>
#include <unistd.h>
#include <utility>

namespace gpiofs {

EndSignals::EndSignals() {
    sigemptyset(&signals_);
    for (const int number : {SIGHUP, SIGINT, SIGTERM}) {
        struct sigaction action {};
        sigaction(number, nullptr, &action);
        if (number == SIGTERM || action.sa_handler != SIG_IGN) {
            sigaddset(&signals_, number);
        }
    }
    pthread_sigmask(SIG_BLOCK, &signals_, &mask_before_);
}

EndSignals::~EndSignals() {
    stop_watching();
    pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
}

void EndSignals::watch(std::function<void()> hook) {
    thread_ = start_thread("signals", [this, hook = std::move(hook)] {
        int number = 0;
        sigwait(&signals_, &number);
        if (!ending_) {
            hook();
        }
    });
}

void EndSignals::stop_watching() noexcept {
    if (thread_.joinable()) {
        ending_ = true;
        // NOLINTNEXTLINE(bugprone-bad-signal-to-kill-thread): blocked, it only ends the sigwait
        pthread_kill(thread_.native_handle(), SIGTERM);
        thread_.join();
    }
}

void EndSignals::raise() noexcept { ::kill(::getpid(), SIGTERM); }

}  // namespace gpiofs
