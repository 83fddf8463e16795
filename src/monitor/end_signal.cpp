// SPDX-License-Identifier: MIT
#include "monitor/end_signal.h"

#include "base/error.h"

#include <sys/signalfd.h>

#include <cerrno>
#include <poll.h>
#include <unistd.h>

namespace gpiofs::monitor {

EndSignal::EndSignal() {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int number : {SIGHUP, SIGINT, SIGTERM}) {
        struct sigaction action {};
        ::sigaction(number, nullptr, &action);
        if (action.sa_handler != SIG_IGN) {
            sigaddset(&signals, number);
        }
    }
    ::sigprocmask(SIG_BLOCK, &signals, nullptr);
    struct sigaction ignore {};
    ignore.sa_handler = SIG_IGN;
    ::sigaction(SIGPIPE, &ignore, nullptr);
    fd_.reset(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!fd_) {
        throw_errno(errno, "signalfd");
    }
}

std::optional<int> EndSignal::take() noexcept {
    signalfd_siginfo info{};
    if (::read(fd_.get(), &info, sizeof info) != static_cast<ssize_t>(sizeof info)) {
        return std::nullopt;
    }
    return static_cast<int>(info.ssi_signo);
}

bool EndSignal::wait(std::chrono::milliseconds limit) const noexcept {
    pollfd entry{fd_.get(), POLLIN, 0};
    return ::poll(&entry, 1, static_cast<int>(limit.count())) > 0;
}

void end_by(int signal) noexcept {
    struct sigaction action {};
    action.sa_handler = SIG_DFL;
    ::sigaction(signal, &action, nullptr);
    sigset_t unblocked;
    sigemptyset(&unblocked);
    sigaddset(&unblocked, signal);
    ::sigprocmask(SIG_UNBLOCK, &unblocked, nullptr);
    ::kill(::getpid(), signal);
    constexpr int ended_by_signal = 128;  // as shells show it; not reached
    ::_exit(ended_by_signal + signal);
}

}  // namespace gpiofs::monitor
