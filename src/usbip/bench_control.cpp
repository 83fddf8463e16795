// SPDX-License-Identifier: MIT
#include "usbip/bench_control.h"

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "usbip/socket_io.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <system_error>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <limits>
#include <vector>

namespace gpiofs::usbip {
namespace {

constexpr std::size_t longest_line = 64U << 10U;

/// Takes the first word off `text`, and the space behind it.
std::string_view take_word(std::string_view& text) noexcept {
    const auto end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return word;
}

std::string lines_of(std::string_view text) {
    std::string lines;
    for (std::string_view line : split(text, ';')) {
        while (!line.empty() && line.front() == ' ') {
            line.remove_prefix(1);
        }
        lines += lines.empty() ? "" : "\n";
        lines += line;
    }
    return lines;
}

std::string one_line(std::string text) {
    if (!text.empty() && text.back() == '\n') {
        text.pop_back();
    }
    std::replace(text.begin(), text.end(), '\n', ';');
    return text;
}

std::string_view errno_name(int error) noexcept {
    switch (error) {
        case EINVAL:
            return "EINVAL";
        case ENOENT:
            return "ENOENT";
        case EACCES:
            return "EACCES";
        default:
            return "EIO";
    }
}

std::string obey(sim::Bench& bench, std::string_view line) {
    const std::string_view verb = take_word(line);
    const auto number = parse_decimal(take_word(line), std::numeric_limits<unsigned>::max());
    const std::string_view path = take_word(line);
    if ((verb != "get" && verb != "set") || !number || path.empty() ||
        (verb == "get" && !line.empty())) {
        throw_errno(EINVAL, "usage: get N PATH | set N PATH TEXT");
    }
    const auto board = static_cast<unsigned>(*number);
    if (verb == "set") {
        bench.write(board, path, lines_of(line));
        return "ok";
    }
    const std::string text = one_line(bench.read(board, path));
    return text.empty() ? "ok" : "ok " + text;
}

}  // namespace

std::string answer_line(sim::Bench& bench, std::string_view line) {
    try {
        return obey(bench, line);
    } catch (const std::system_error& error) {
        return fmt::format("error {} {}", errno_name(to_errno(error.code())),
                           escape_control(error.what()));
    }
}

void serve_control(int socket, sim::Bench& bench) noexcept {
    try {
        std::string received;
        std::array<char, 4096> chunk{};
        while (received.size() <= longest_line) {
            const ssize_t got = ::recv(socket, chunk.data(), chunk.size(), 0);
            if (got <= 0) {
                return;
            }
            received.append(chunk.data(), static_cast<std::size_t>(got));
            for (auto end = received.find('\n'); end != std::string::npos;
                 end = received.find('\n')) {
                const std::string answer =
                    answer_line(bench, std::string_view(received).substr(0, end)) + '\n';
                received.erase(0, end + 1);
                const std::vector<std::uint8_t> bytes(answer.begin(), answer.end());
                if (!send_all(socket, bytes)) {
                    return;
                }
            }
        }
        log::warning("control connection closed: line too long");
    } catch (const std::exception& error) {
        log::error(fmt::format("control connection closed: {}", error.what()));
    }
}

}  // namespace gpiofs::usbip
