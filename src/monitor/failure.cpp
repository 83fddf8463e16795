// SPDX-License-Identifier: MIT
#include "monitor/failure.h"

#include "base/error.h"

#include <cerrno>

namespace gpiofs::monitor {

std::string error_text(int error) { return errno_code(error).message(); }

bool means_gone(int error) noexcept {
    switch (error) {
        case ENODEV:
        case ENOENT:
        case ESTALE:
        case ENOTCONN:      // a FUSE daemon that has ended
        case ECONNABORTED:  // the same, under a request
            return true;
        default:
            return false;
    }
}

}  // namespace gpiofs::monitor
