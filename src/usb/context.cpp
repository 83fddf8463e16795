#include "usb/context.h"

#include "usb/usb_error.h"

#include <libusb.h>
#include <sys/time.h>

namespace gpiofs::usb {

SignalsBlocked::SignalsBlocked() noexcept {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &previous_);
}

SignalsBlocked::~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &previous_, nullptr); }

Context::Context() {
    const SignalsBlocked blocked;
    check(libusb_init(&context_), "cannot start libusb");
}

Context::~Context() { libusb_exit(context_); }

void Context::handle_pending_events() noexcept {
    if (libusb_try_lock_events(context_) != 0) {
        return;
    }
    if (libusb_event_handling_ok(context_) != 0) {
        timeval no_wait{};
        libusb_handle_events_locked(context_, &no_wait);
    }
    libusb_unlock_events(context_);
}

}  // namespace gpiofs::usb
