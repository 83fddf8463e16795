// SPDX-License-Identifier: MIT
#include "monitor/monitor.h"

#include "base/clock.h"
#include "base/error.h"
#include "monitor/output.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <optional>
#include <poll.h>
#include <string>

namespace gpiofs::monitor {
namespace {

/// How often lines are looked for whose going wakes nobody.
constexpr auto look_interval = std::chrono::seconds(1);

TimePoint now() noexcept { return std::chrono::steady_clock::now(); }

/// TimePoint::max() if there is no limit, or one past the end of the clock.
TimePoint after(TimePoint start, std::optional<Duration> limit) noexcept {
    return limit && *limit < TimePoint::max() - start ? start + *limit : TimePoint::max();
}

struct Found {
    const Line* line;
    Edge edge;
};

class Monitor {
  public:
    Monitor(const Lines& lines, const Options& options, EndSignal& signals)
        : lines_(lines),
          options_(options),
          signals_(signals),
          output_(signals),
          silent_goers_(std::any_of(lines.begin(), lines.end(), [](const auto& line) {
              return !line->source().tells_when_gone();
          })) {
        files_.push_back({signals.fd(), POLLIN, 0});
        files_.push_back({Output::fd(), 0, 0});
        for (const auto& line : lines) {
            files_.push_back({line->source().fd(), line->source().events(), 0});
        }
    }

    Ending run() {
        idle_end_ = after(now(), options_.idle);
        next_look_ = after(now(), look_limit());
        while (true) {
            const TimePoint woken = wait();
            if (files_[0].revents != 0) {
                return ended_by_signal();
            }
            auto failure = take_edges(woken);
            if (const auto ending = print()) {
                return *ending;
            }
            if (!failure && woken >= next_look_) {
                failure = look();
            }
            if (failure) {
                throw Failure(*failure);
            }
            // After the edges: those that came with the reader's leave are still tried.
            if (Output::reader_gone(files_[1].revents)) {
                return {status::done, SIGPIPE};
            }
            if (now() >= idle_end_) {
                return {status::idle, 0};
            }
        }
    }

  private:
    std::optional<Duration> look_limit() const noexcept {
        return silent_goers_ ? std::optional<Duration>(look_interval) : std::nullopt;
    }

    Ending ended_by_signal() noexcept { return {status::done, signals_.take().value_or(SIGTERM)}; }

    /// Sleeps until there is something to do; returns the time of waking.
    TimePoint wait() {
        const TimePoint until = std::min(idle_end_, next_look_);
        timespec limit{};
        if (until != TimePoint::max()) {
            const Duration left = std::max(until - now(), Duration::zero());
            const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
            limit.tv_sec = static_cast<std::time_t>(seconds.count());
            limit.tv_nsec = static_cast<long>((left - seconds).count());
        }
        const int count = ::ppoll(files_.data(), files_.size(),
                                  until == TimePoint::max() ? nullptr : &limit, nullptr);
        if (count < 0) {
            const int error = errno;
            if (error != EINTR) {
                throw_errno(error, "poll");
            }
            std::for_each(files_.begin(), files_.end(), [](pollfd& file) { file.revents = 0; });
        }
        return now();
    }

    /// Gathers what has come, in the order of time. Returns why a line has no more.
    std::optional<Failure> take_edges(TimePoint woken) {
        const auto nanoseconds = static_cast<std::uint64_t>(woken.time_since_epoch().count());
        std::optional<Failure> failure;
        found_.clear();
        for (std::size_t i = 0; i < lines_.size(); ++i) {
            const short revents = files_[i + 2].revents;
            if (revents == 0) {
                continue;
            }
            edges_.clear();
            auto ended = lines_[i]->take(revents, nanoseconds, edges_);
            for (const Edge& edge : edges_) {
                found_.push_back({lines_[i].get(), edge});
            }
            if (ended && !failure) {
                failure.emplace(*ended);
            }
        }
        std::stable_sort(found_.begin(), found_.end(), [](const Found& a, const Found& b) {
            return a.edge.nanoseconds < b.edge.nanoseconds;
        });
        return failure;
    }

    /// Returns how the monitor ends, if that is now.
    std::optional<Ending> print() {
        if (found_.empty()) {
            return std::nullopt;
        }
        if (options_.count) {
            found_.resize(
                std::min(found_.size(), static_cast<std::size_t>(*options_.count - printed_)));
        }
        text_.clear();
        for (const auto& [line, edge] : found_) {
            text_ += fmt::format("{} {} {} {}\n", edge.nanoseconds, line->name().typed(),
                                 edge.rising ? "rising" : "falling", edge.lost);
        }
        switch (output_.write(text_)) {
            case Output::Result::signal_came:
                return ended_by_signal();
            case Output::Result::reader_gone:
                return Ending{status::done, SIGPIPE};
            case Output::Result::written:
                break;
        }
        printed_ += found_.size();
        idle_end_ = after(now(), options_.idle);
        if (options_.count && printed_ == *options_.count) {
            return Ending{status::done, 0};
        }
        return std::nullopt;
    }

    std::optional<Failure> look() {
        next_look_ = after(now(), look_limit());
        for (const auto& line : lines_) {
            if (auto failure = line->look()) {
                return failure;
            }
        }
        return std::nullopt;
    }

    const Lines& lines_;
    const Options& options_;
    EndSignal& signals_;
    const Output output_;
    const bool silent_goers_;
    std::vector<pollfd> files_;  ///< signals, standard output, and each line
    std::vector<Edge> edges_;
    std::vector<Found> found_;
    std::string text_;
    std::uint64_t printed_ = 0;
    TimePoint idle_end_;
    TimePoint next_look_;
};

}  // namespace

Lines open_lines(const Options& options, const EndSignal& signals) {
    Lines lines;
    for (const LineName& name : options.lines) {
        auto line = std::make_unique<Line>(name, options.edges, signals);
        for (const auto& other : lines) {
            if (line->is_same_line(*other)) {
                throw Failure(status::usage,
                              fmt::format("'{}' and '{}' are the same line: name it once",
                                          other->name().typed(), name.typed()));
            }
        }
        lines.push_back(std::move(line));
    }
    return lines;
}

Ending print_edges(const Lines& lines, const Options& options, EndSignal& signals) {
    return Monitor(lines, options, signals).run();
}

}  // namespace gpiofs::monitor
