// SPDX-License-Identifier: MIT
#pragma once

#include <csignal>

struct libusb_context;

namespace gpiofs::usb {

/// While it lives, the calling thread takes no signal, and threads made meanwhile never will.
/// libusb makes a thread of its own; a signal that ended up there would not interrupt the one that
/// has to react. Thread-bound.
class SignalsBlocked {
  public:
    SignalsBlocked() noexcept;
    SignalsBlocked(const SignalsBlocked&) = delete;
    SignalsBlocked& operator=(const SignalsBlocked&) = delete;
    ~SignalsBlocked();

  private:
    sigset_t previous_{};
};

/// Learns which file libusb opens for the calling thread, and keeps to itself, as one that it is
/// going to poll (libusb_set_pollfd_notifiers()). One at a time in a thread. Thread-bound.
class AddedFile {
  public:
    AddedFile() noexcept;
    AddedFile(const AddedFile&) = delete;
    AddedFile& operator=(const AddedFile&) = delete;
    /// The last one since the constructor; -1 if there is none.
    int get() const noexcept { return last_; }

  private:
    int& last_;
};

/// One libusb context. The constructor throws std::system_error if libusb does not start: EMFILE
/// also where libusb would start and then see nothing.
/// Everything made from a context keeps it alive by a std::shared_ptr. Thread-safe.
/// A context does not survive fork().
class Context {
  public:
    Context();
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;
    ~Context();

    libusb_context* get() const noexcept { return context_; }

    /// Handles what is pending, without waiting, unless another thread is at it. A context hears of
    /// every board on the bus, and what it heard piles up until somebody handles events.
    void handle_pending_events() noexcept;

  private:
    libusb_context* context_ = nullptr;
};

}  // namespace gpiofs::usb
