// SPDX-License-Identifier: MIT
#include "base/standard_streams.h"

#include "base/error.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <unistd.h>

namespace gpiofs {

void open_closed_standard_streams() noexcept {
    int fd = 0;
    do {
        fd = ::open("/dev/null", O_RDWR);
    } while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd > STDERR_FILENO) {
        ::close(fd);
    }
}

void ignore_broken_pipes() noexcept { static_cast<void>(std::signal(SIGPIPE, SIG_IGN)); }

void print(std::string_view text) {
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() ||
        std::fflush(stdout) != 0) {
        if (errno == EPIPE) {
            static_cast<void>(std::signal(SIGPIPE, SIG_DFL));
            static_cast<void>(std::raise(SIGPIPE));
        }
        throw_errno(errno, "standard output");
    }
}

}  // namespace gpiofs
