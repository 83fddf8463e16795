// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <ucontext.h>
#include <vector>

namespace gpiofs::explore {

/// A stack with a function running on it that gives up the processor only of its own will.
/// Thread-bound: all contexts belong to one thread of the machine's.
class Context {
  public:
    /// The stack of the caller.
    Context();
    /// A stack of its own; `entry` starts at the first switch_to() and must never return.
    explicit Context(void (*entry)());
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;
    ~Context();

    /// Leaves `this`, which is running, and goes on with `other`; returns when somebody switches
    /// back. `last`: nobody will.
    void switch_to(Context& other, bool last = false);
    /// The first thing that an entry function does.
    void entered();

  private:
    /// What the C++ runtime keeps per thread of exceptions in flight (Itanium C++ ABI 2.2.2).
    struct Exceptions {
        void* caught = nullptr;
        unsigned uncaught = 0;
    };

    std::vector<char> stack_;
    ucontext_t state_{};
    Exceptions exceptions_;
    void* shadow_ = nullptr;  ///< AddressSanitizer's
    const void* bottom_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace gpiofs::explore
