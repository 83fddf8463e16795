// SPDX-License-Identifier: MIT
#include "usb/context.h"

#include "base/error.h"
#include "base/unique_fd.h"
#include "usb/usb_error.h"

#include <libusb.h>
#include <sys/eventfd.h>
#include <sys/time.h>

#include <array>
#include <cerrno>

namespace gpiofs::usb {
namespace {

/// libusb and libudev keep four files open for a context and a few more while they look for
/// devices (strace of 1.0.26 and systemd 252). One that they cannot open makes libusb_init() fail
/// with no reason, or a device pass for absent; nobody is told.
void check_descriptors() {
    std::array<UniqueFd, 12> files;
    for (UniqueFd& file : files) {
        file.reset(::eventfd(0, EFD_CLOEXEC));
        if (!file) {
            throw_errno(errno,
                        "not enough file descriptors to look for USB boards: raise the "
                        "limit (ulimit -n)");
        }
    }
}

thread_local int last_added_file = -1;

void LIBUSB_CALL note_added_file(int file, short /*events*/, void* /*context*/) {
    last_added_file = file;
}

}  // namespace

AddedFile::AddedFile() noexcept : last_(last_added_file) { last_ = -1; }

SignalsBlocked::SignalsBlocked() noexcept {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &previous_);
}

SignalsBlocked::~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &previous_, nullptr); }

Context::Context() {
    check_descriptors();
    const SignalsBlocked blocked;
    check(libusb_init(&context_), "cannot start libusb");
    libusb_set_pollfd_notifiers(context_, note_added_file, nullptr, nullptr);
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
