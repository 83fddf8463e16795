// SPDX-License-Identifier: MIT
#include "monitor/output.h"

#include "monitor/failure.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <climits>
#include <poll.h>
#include <unistd.h>

namespace gpiofs::monitor {
namespace {

/// So many whole lines that a pipe with room takes them at once; at least one.
std::string_view first_lines(std::string_view lines) noexcept {
    if (lines.size() <= PIPE_BUF) {
        return lines;
    }
    auto end = lines.rfind('\n', PIPE_BUF - 1);
    if (end == std::string_view::npos) {
        end = lines.find('\n');
    }
    return lines.substr(0, end == std::string_view::npos ? end : end + 1);
}

}  // namespace

int Output::fd() noexcept { return STDOUT_FILENO; }

bool Output::reader_gone(short revents) noexcept {
    return (revents & (POLLERR | POLLHUP | POLLNVAL)) != 0;
}

Output::Result Output::write(std::string_view lines) const {
    while (!lines.empty()) {
        // A write that blocks could not be ended: the signals are blocked.
        std::array<pollfd, 2> files = {{{signals_.fd(), POLLIN, 0}, {fd(), POLLOUT, 0}}};
        if (::poll(files.data(), files.size(), -1) < 0 && errno != EINTR) {
            throw Failure(status::error, fmt::format("standard output: {}: redirect it elsewhere",
                                                     error_text(errno)));
        }
        if (files[0].revents != 0) {
            return Result::signal_came;
        }
        if (files[1].revents == 0) {
            continue;
        }
        const std::string_view part = first_lines(lines);
        const ssize_t count = ::write(fd(), part.data(), part.size());
        if (count >= 0) {
            lines.remove_prefix(static_cast<std::size_t>(count));
        } else if (errno == EPIPE) {
            return Result::reader_gone;
        } else if (errno != EAGAIN && errno != EINTR) {
            throw Failure(status::error, fmt::format("standard output: {}: redirect it elsewhere",
                                                     error_text(errno)));
        }
    }
    return Result::written;
}

}  // namespace gpiofs::monitor
