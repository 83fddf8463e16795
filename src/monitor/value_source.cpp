// SPDX-License-Identifier: MIT
#include "monitor/value_source.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <string_view>
#include <unistd.h>

namespace gpiofs::monitor {

ValueSource::ValueSource(int folder, const LineName& name, Edges armed)
    : name_(name), armed_(armed), file_(::openat(folder, "value", O_RDONLY | O_CLOEXEC)) {
    if (!file_) {
        throw Failure(status::error,
                      name_.complain(fmt::format(
                          "value: {}: give the folder of a line you may read", error_text(errno))));
    }
    if (const auto failure = read_level(level_)) {
        throw Failure(*failure);
    }
}

short ValueSource::events() const noexcept { return POLLPRI; }

std::optional<Failure> ValueSource::take(short /*revents*/, std::uint64_t woken,
                                         std::vector<Edge>& edges) {
    bool level = false;
    if (auto failure = read_level(level)) {
        return failure;
    }
    if (armed_ == Edges::both) {
        edges.push_back({woken, level, level == level_ ? 1U : 0U});
    } else {
        edges.push_back({woken, armed_ == Edges::rising, 0});
    }
    level_ = level;
    return std::nullopt;
}

std::optional<Failure> ValueSource::read_level(bool& level) const {
    std::array<char, 8> text{};
    const ssize_t count = ::pread(file_.get(), text.data(), text.size(), 0);
    if (count < 0) {
        const int error = errno;
        if (means_gone(error)) {
            return name_.gone();
        }
        return Failure(status::error,
                       name_.complain(fmt::format("value: {}: try again", error_text(error))));
    }
    const std::string_view read(text.data(), static_cast<std::size_t>(count));
    if (read != "0\n" && read != "1\n") {
        return Failure(status::error,
                       name_.complain("value: neither 0 nor 1: give the folder of an "
                                      "exported line"));
    }
    level = read.front() == '1';
    return std::nullopt;
}

}  // namespace gpiofs::monitor
