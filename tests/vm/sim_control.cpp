// SPDX-License-Identifier: MIT
#include "vm/sim_control.h"

#include "support/timeval.h"
#include "support/wait.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <stdexcept>

namespace gpiofs::test {

Transfers& Transfers::operator+=(const Transfers& other) noexcept {
    out += other.out;
    in += other.in;
    status_only += other.status_only;
    control += other.control;
    return *this;
}

Transfers Transfers::operator-(const Transfers& other) const noexcept {
    return {out - other.out, in - other.in, status_only - other.status_only,
            control - other.control};
}

SimControl::SimControl(const std::string& path)
    : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    const timeval limit = to_timeval(patience);
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (::connect(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
        throw std::runtime_error(fmt::format("no control socket {}", path));
    }
}

void SimControl::set(const std::string& path, const std::string& text) {
    ask(fmt::format("set 0 {} {}\n", path, text));
}

Transfers SimControl::transfers() {
    std::string text = ask("get 0 counters\n");
    std::replace(text.begin(), text.end(), ';', '\n');
    Transfers transfers;
    std::istringstream lines(text);
    std::string name;
    for (std::uint64_t count = 0; lines >> name >> count;) {
        if (name == "out_transfers") {
            transfers.out = count;
        } else if (name == "in_transfers") {
            transfers.in = count;
        } else if (name == "status_only") {
            transfers.status_only = count;
        } else if (name == "control_transfers") {
            transfers.control = count;
        }
    }
    return transfers;
}

std::string SimControl::ask(const std::string& line) {
    std::string answer;
    if (::send(socket_.get(), line.data(), line.size(), MSG_NOSIGNAL) ==
        static_cast<ssize_t>(line.size())) {
        std::array<char, 4096> chunk{};
        ssize_t got = 1;
        while (got > 0 && !answer.ends_with('\n')) {
            got = ::recv(socket_.get(), chunk.data(), chunk.size(), 0);
            answer.append(chunk.data(), static_cast<std::size_t>(std::max<ssize_t>(0, got)));
        }
    }
    if (!answer.starts_with("ok")) {
        throw std::runtime_error(fmt::format("mpsse-sim answers '{}' to {}", answer, line));
    }
    return answer.substr(2);
}

}  // namespace gpiofs::test
