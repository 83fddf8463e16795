// SPDX-License-Identifier: MIT
#pragma once

#ifdef __has_feature
#if __has_feature(thread_sanitizer)
#include <sanitizer/tsan_interface.h>
#define GPIOFS_THREAD_SANITIZER
#endif
#endif

namespace gpiofs::fs {

/// Tells ThreadSanitizer that an answer comes before the requests that the kernel makes of it: a
/// file handle given away by open() comes back with read(). It knows by itself where it saw
/// /dev/fuse being opened, not where the descriptor was inherited (/dev/fd/N). Nothing otherwise.
struct KernelOrder {
    /// A request has come.
    static void request() noexcept {
#ifdef GPIOFS_THREAD_SANITIZER
        __tsan_acquire(&connection);
#endif
    }
    /// An answer is about to go.
    static void answer() noexcept {
#ifdef GPIOFS_THREAD_SANITIZER
        __tsan_release(&connection);
#endif
    }

  private:
#ifdef GPIOFS_THREAD_SANITIZER
    inline static char connection = 0;  ///< only its address is used
#endif
};

}  // namespace gpiofs::fs
