// SPDX-License-Identifier: MIT
#include "base/thread.h"

#include <csignal>
#include <pthread.h>
#include <utility>

namespace gpiofs {
namespace {

/// Blocks every signal in the calling thread; a new thread inherits that.
class SignalsBlocked {
  public:
    SignalsBlocked() noexcept {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    SignalsBlocked(const SignalsBlocked&) = delete;
    SignalsBlocked& operator=(const SignalsBlocked&) = delete;
    ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

  private:
    sigset_t before_{};
};

}  // namespace

Thread start_thread(const char* name, std::function<void()> body) {
    const SignalsBlocked blocked;
    Thread thread(std::move(body));
    pthread_setname_np(thread.native_handle(), name);
    return thread;
}

}  // namespace gpiofs
