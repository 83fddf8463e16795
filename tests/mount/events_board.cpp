#include "events_board.h"

#include <algorithm>
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

std::string read_edges(int fd, std::size_t edges, std::size_t size) {
    std::string text;
    while (static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) < edges) {
        const std::string part = read_some(fd, size);
        text += part;
        if (part.empty() || part.front() == 'E') {
            break;
        }
    }
    return text;
}

std::size_t sleeping_readers() { return sleepers_in({SYS_read}); }

std::future<std::string> read_in_background(int fd, std::size_t size) {
    const std::size_t before = sleeping_readers();
    auto text = std::async(std::launch::async, read_some, fd, size);
    REQUIRE(wait_until([before] { return sleeping_readers() > before; }));
    return text;
}

}  // namespace gpiofs::test
