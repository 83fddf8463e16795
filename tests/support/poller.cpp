// SPDX-License-Identifier: MIT
#include "support/poller.h"

#include <sys/syscall.h>

#include <algorithm>
#include <cerrno>
#include <poll.h>
#include <sstream>

namespace gpiofs::test {

std::string event_names(unsigned events) {
    std::string names;
    const auto add = [&](unsigned bit, const char* name) {
        if ((events & bit) != 0) {
            names += names.empty() ? name : std::string("|") + name;
        }
    };
    add(POLLIN, "IN");
    add(POLLPRI, "PRI");
    add(POLLOUT, "OUT");
    add(POLLERR, "ERR");
    add(POLLHUP, "HUP");
    add(POLLNVAL, "NVAL");
    return names;
}

std::string poll_once(int fd, short events, std::chrono::milliseconds limit) {
    pollfd entry{fd, events, 0};
    const int result = ::poll(&entry, 1, static_cast<int>(limit.count()));
    if (result < 0) {
        return errno_name(errno);
    }
    return result == 0 ? "timeout" : event_names(static_cast<unsigned>(entry.revents));
}

std::size_t sleepers_in(std::initializer_list<long> calls) {
    std::size_t count = 0;
    for (const auto& task : list("/proc/self/task")) {
        std::istringstream text(read_text(fs::path("/proc/self/task") / task / "syscall"));
        long number = -1;
        text >> number;
        const bool among = text && std::find(calls.begin(), calls.end(), number) != calls.end();
        count += among ? 1U : 0U;
    }
    return count;
}

std::size_t sleeping_pollers() {
    return sleepers_in(
        {SYS_poll, SYS_ppoll, SYS_select, SYS_pselect6, SYS_epoll_wait, SYS_epoll_pwait});
}

bool wait_for_sleepers(std::size_t count) {
    return wait_until([count] { return sleeping_pollers() >= count; });
}

std::future<std::string> poll_in_background(int fd) {
    return std::async(std::launch::async, poll_once, fd, static_cast<short>(POLLPRI | POLLERR),
                      std::chrono::milliseconds(patience));
}

}  // namespace gpiofs::test
