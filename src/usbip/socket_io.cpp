// SPDX-License-Identifier: MIT
#include "usbip/socket_io.h"

#include "base/error.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdexcept>
#include <unistd.h>

namespace gpiofs::usbip {
namespace {

constexpr int backlog = 128;

struct HostPort {
    std::string host;
    std::string port;
};

HostPort split_address(const std::string& address) {
    const auto colon = address.rfind(':');
    if (colon == std::string::npos || colon == 0 || colon + 1 == address.size()) {
        throw std::invalid_argument(fmt::format("'{}' is not ADDRESS:PORT", address));
    }
    HostPort parts{address.substr(0, colon), address.substr(colon + 1)};
    if (parts.host.size() > 2 && parts.host.front() == '[' && parts.host.back() == ']') {
        parts.host = parts.host.substr(1, parts.host.size() - 2);
    }
    return parts;
}

/// The sockets API wants every address as this type.
template <typename Address>
const sockaddr* generic(const Address& address) noexcept {
    return reinterpret_cast<const sockaddr*>(&address);  // NOLINT(*-reinterpret-cast)
}

sockaddr_un unix_address(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof address.sun_path) {
        throw_errno(ENAMETOOLONG, path);
    }
    std::memcpy(static_cast<void*>(address.sun_path), path.data(), path.size());
    return address;
}

/// Waits until a transfer would not block, or would fail; false at the deadline. Does not wait at
/// all without one: the transfer itself does.
bool becomes_ready(int socket, short events, TimePoint deadline) noexcept {
    if (deadline == TimePoint::max()) {
        return true;
    }
    pollfd wanted{socket, events, 0};
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now());
        if (left <= std::chrono::milliseconds::zero()) {
            return false;
        }
        const int ready = ::poll(&wanted, 1, static_cast<int>(left.count()));
        if (ready > 0 || (ready < 0 && errno != EINTR)) {
            return true;
        }
    }
}

bool is_abandoned(const sockaddr_un& address) noexcept {
    const UniqueFd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    return probe && ::connect(probe.get(), generic(address), sizeof address) != 0 &&
           errno == ECONNREFUSED;
}

}  // namespace

bool receive_all(int socket, std::span<std::uint8_t> bytes, TimePoint deadline) noexcept {
    while (!bytes.empty()) {
        if (!becomes_ready(socket, POLLIN, deadline)) {
            return false;
        }
        const ssize_t got = ::recv(socket, bytes.data(), bytes.size(), 0);
        if (got > 0) {
            bytes = bytes.subspan(static_cast<std::size_t>(got));
        } else if (got == 0 || errno != EINTR) {
            return false;
        }
    }
    return true;
}

bool send_all(int socket, std::span<const std::uint8_t> bytes, TimePoint deadline) noexcept {
    const int flags = MSG_NOSIGNAL | (deadline == TimePoint::max() ? 0 : MSG_DONTWAIT);
    while (!bytes.empty()) {
        if (!becomes_ready(socket, POLLOUT, deadline)) {
            return false;
        }
        const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), flags);
        if (sent >= 0) {
            bytes = bytes.subspan(static_cast<std::size_t>(sent));
        } else if (errno != EINTR && errno != EAGAIN) {
            return false;
        }
    }
    return true;
}

UniqueFd listen_tcp(const std::string& address) {
    const HostPort parts = split_address(address);
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE;
    addrinfo* raw = nullptr;
    const int failed = ::getaddrinfo(parts.host.c_str(), parts.port.c_str(), &hints, &raw);
    if (failed != 0) {
        throw std::invalid_argument(fmt::format("{}: {}", address, ::gai_strerror(failed)));
    }
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> found(raw, &::freeaddrinfo);
    UniqueFd socket(::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const int on = 1;
    if (!socket || ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        ::bind(socket.get(), found->ai_addr, found->ai_addrlen) != 0 ||
        ::listen(socket.get(), backlog) != 0) {
        throw_errno(errno, address);
    }
    return socket;
}

std::string local_address(int socket) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    std::array<char, NI_MAXHOST> host{};
    std::array<char, NI_MAXSERV> port{};
    auto* const generic_address =
        reinterpret_cast<sockaddr*>(&address);  // NOLINT(*-reinterpret-cast)
    if (::getsockname(socket, generic_address, &size) != 0 ||
        ::getnameinfo(generic_address, size, host.data(), host.size(), port.data(), port.size(),
                      NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
        throw_errno(errno, "address of the listening socket");
    }
    const bool v6 = address.ss_family == AF_INET6;
    return fmt::format("{}{}{}:{}", v6 ? "[" : "", host.data(), v6 ? "]" : "", port.data());
}

UniqueFd listen_unix(const std::string& path) {
    const sockaddr_un address = unix_address(path);
    UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket) {
        throw_errno(errno, path);
    }
    int bound = ::bind(socket.get(), generic(address), sizeof address);
    if (bound != 0 && errno == EADDRINUSE && is_abandoned(address)) {
        ::unlink(path.c_str());
        bound = ::bind(socket.get(), generic(address), sizeof address);
    }
    if (bound != 0 || ::chmod(path.c_str(), S_IRUSR | S_IWUSR) != 0 ||
        ::listen(socket.get(), backlog) != 0) {
        throw_errno(errno, path);
    }
    return socket;
}

}  // namespace gpiofs::usbip
