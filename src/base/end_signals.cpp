// SPDX-License-Identifier: MIT
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
    stop_watching();
    ending_ = false;
    thread_ = start_thread("signals", [this, hook = std::move(hook)] {
        while (!came_ && !ending_) {
            siginfo_t signal{};
            const bool taken = sigwaitinfo(&signals_, &signal) > 0;
            const bool to_stop = signal.si_code == SI_QUEUE && signal.si_value.sival_ptr == this;
            came_ = taken && !to_stop;
        }
        if (!ending_) {
            hook();
        }
    });
}

void EndSignals::stop_watching() noexcept {
    if (thread_.joinable()) {
        ending_ = true;
        sigval stop{};
        stop.sival_ptr = this;
        pthread_sigqueue(thread_.native_handle(), SIGTERM, stop);
        thread_.join();
    }
}

void EndSignals::raise() noexcept { ::kill(::getpid(), SIGTERM); }

}  // namespace gpiofs
