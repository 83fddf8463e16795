// SPDX-License-Identifier: MIT
#include "base/log_stream.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace gpiofs::log {

void ErrorStream::close() noexcept {
    own_.reset();
    kind_ = Kind::unknown;
    cut_ = false;
}

void ErrorStream::look() noexcept {
    struct stat status {};
    ::fstat(STDERR_FILENO, &status);
    kind_ = Kind::plain;
    if (S_ISSOCK(status.st_mode)) {
        kind_ = Kind::socket;
    } else if (S_ISFIFO(status.st_mode) || ::isatty(STDERR_FILENO) == 1) {
        own_.reset(
            ::open("/proc/self/fd/2", O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
        kind_ = own_ ? Kind::own : Kind::may_block;
    }
}

long ErrorStream::put(std::string_view text) noexcept {
    switch (kind_) {
        case Kind::socket:
            return ::send(STDERR_FILENO, text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        case Kind::own:
            return ::write(own_.get(), text.data(), text.size());
        case Kind::may_block: {
            // Somebody else's terminal, or a system without /proc. Only another program that fills
            // the same pipe in between could make this wait.
            pollfd room{STDERR_FILENO, POLLOUT, 0};
            if (::poll(&room, 1, 0) != 1 || room.revents != POLLOUT) {
                return -1;
            }
            break;
        }
        case Kind::unknown:
        case Kind::plain:
            break;
    }
    return ::write(STDERR_FILENO, text.data(), text.size());
}

bool ErrorStream::write(std::string_view line) noexcept {
    if (kind_ == Kind::unknown) {
        look();
    }
    if (cut_ && put("\n") != 1) {
        return false;
    }
    cut_ = false;
    const long count = put(line);
    cut_ = count > 0 && static_cast<std::size_t>(count) < line.size();
    return count == static_cast<long>(line.size());
}

}  // namespace gpiofs::log
