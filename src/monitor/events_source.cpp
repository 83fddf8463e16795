// SPDX-License-Identifier: MIT
#include "monitor/events_source.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <string_view>
#include <unistd.h>
#include <utility>

namespace gpiofs::monitor {

EventsSource::EventsSource(UniqueFd file, const LineName& name)
    : file_(std::move(file)), name_(name) {}

std::unique_ptr<EventsSource> EventsSource::open(int folder, const LineName& name) {
    UniqueFd file(::openat(folder, "events", O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file) {
        const int error = errno;
        if (error == ENOENT) {
            return nullptr;
        }
        throw Failure(
            status::error,
            name.complain(fmt::format("events: {}: give a line you may read", error_text(error))));
    }
    std::unique_ptr<EventsSource> source(new EventsSource(std::move(file), name));
    std::vector<Edge> old;
    bool seen = false;
    if (const auto failure = source->read_to_end(old, seen)) {
        throw Failure(*failure);
    }
    return source;
}

short EventsSource::events() const noexcept { return POLLIN; }

std::optional<Failure> EventsSource::take(short revents, std::uint64_t /*woken*/,
                                          std::vector<Edge>& edges) {
    bool seen = false;
    auto failure = read_to_end(edges, seen);
    if (!failure && !seen && (revents & (POLLERR | POLLHUP)) != 0) {
        failure = name_.gone();
    }
    return failure;
}

std::optional<Failure> EventsSource::read_to_end(std::vector<Edge>& edges, bool& seen) {
    std::array<char, std::size_t{64} * 1024> piece;  // NOLINT(*-member-init): read() fills it
    while (true) {
        const ssize_t count = ::read(file_.get(), piece.data(), piece.size());
        if (count == 0 || (count < 0 && errno == EAGAIN)) {
            return std::nullopt;
        }
        if (count < 0) {
            const int error = errno;
            if (means_gone(error)) {
                return name_.gone();
            }
            return Failure(status::error,
                           name_.complain(fmt::format("events: {}: try again", error_text(error))));
        }
        seen = true;
        if (!text_.feed({piece.data(), static_cast<std::size_t>(count)}, edges)) {
            return Failure(status::error,
                           name_.complain("events: not the edges of a line: give the folder of a "
                                          "line of mpsse-gpiofs or of the kernel"));
        }
    }
}

}  // namespace gpiofs::monitor
