// SPDX-License-Identifier: MIT
#include "events_board.h"

#include <cerrno>
#include <unistd.h>

namespace gpiofs::test {

std::string read_some(int fd, std::size_t size) {
    std::string text(size, '\0');
    const ssize_t got = ::read(fd, text.data(), size);
    if (got < 0) {
        return errno_name(errno);
    }
    text.resize(static_cast<std::size_t>(got));
    return text;
}

std::string read_to_end(int fd, std::size_t size) {
    std::string text;
    while (true) {
        const std::string part = read_some(fd, size);
        text += part;
        if (part.empty() || part.front() == 'E') {
            return text;
        }
    }
}

}  // namespace gpiofs::test
