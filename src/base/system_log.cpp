// SPDX-License-Identifier: MIT
#include "base/system_log.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>

#include <array>
#include <cerrno>
#include <ctime>
#include <exception>
#include <unistd.h>

namespace gpiofs::log {
namespace {

/// "Nov 30 09:15:00", as RFC 3164, section 4.1.2, has it but for a day below ten.
std::string time_now() {
    const std::time_t now = std::time(nullptr);
    std::tm local{};
    std::array<char, 32> text{};
    if (::localtime_r(&now, &local) == nullptr ||
        std::strftime(text.data(), text.size(), "%h %e %T", &local) == 0) {
        return {};
    }
    return text.data();
}

}  // namespace

bool SystemLog::connect(int type) noexcept {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    constexpr std::string_view path = "/dev/log";
    path.copy(&address.sun_path[0], path.size());
    socket_.reset(::socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): what connect(2) takes
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    if (socket_ && ::connect(socket_.get(), generic, sizeof address) == 0) {
        stream_ = type == SOCK_STREAM;
        return true;
    }
    const int error = errno;
    socket_.reset();
    errno = error;
    return false;
}

bool SystemLog::connected() noexcept {
    return socket_ || connect(SOCK_DGRAM) || (errno == EPROTOTYPE && connect(SOCK_STREAM));
}

bool SystemLog::send(const std::string& message) noexcept {
    // On a stream a zero ends the message.
    const std::size_t size = message.size() + (stream_ ? 1 : 0);
    for (int attempt = 0; attempt < 2 && connected(); ++attempt) {
        const ssize_t count =
            ::send(socket_.get(), message.c_str(), size, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (count == static_cast<ssize_t>(size)) {
            return true;
        }
        if (count < 0 && (errno == EAGAIN || errno == ENOBUFS)) {
            return false;
        }
        socket_.reset();  // the log has been started anew, or has half a message
    }
    return false;
}

bool SystemLog::write(int priority, std::string_view program, std::string_view text) noexcept {
    try {
        return send(fmt::format("<{}>{} {}[{}]: {}", LOG_DAEMON | priority, time_now(), program,
                                ::getpid(), text));
    } catch (const std::exception&) {
        return false;
    }
}

}  // namespace gpiofs::log
