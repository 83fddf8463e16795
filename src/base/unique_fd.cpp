// SPDX-License-Identifier: MIT
#include "base/unique_fd.h"

#include <unistd.h>

namespace gpiofs {

void UniqueFd::reset(int fd) noexcept {
    if (fd_ >= 0) {
        ::close(fd_);
    }
    fd_ = fd;
}

}  // namespace gpiofs
