// SPDX-License-Identifier: MIT
#include "daemon/arrivals.h"

#include "base/error.h"
#include "base/log.h"
#include "base/thread.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <utility>

namespace gpiofs::daemon {

Arrivals::Arrivals(Open open, Left left, Clock& clock)
    : open_(std::move(open)), left_(std::move(left)), clock_(clock) {}

Arrivals::~Arrivals() { stop(); }

void Arrivals::start() {
    {
        const std::lock_guard lock(mutex_);
        stays_ = true;
    }
    start_while_needed();
}

void Arrivals::start_while_needed() {
    {
        const std::lock_guard lock(mutex_);
        if (running_) {
            return;
        }
    }
    if (thread_.joinable()) {
        thread_.join();  // it has ended by itself
    }
    const std::lock_guard lock(mutex_);
    running_ = true;
    try {
        thread_ = start_thread("arrivals", [this] { run(); });
    } catch (...) {
        running_ = false;
        throw;
    }
}

void Arrivals::stop() noexcept {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        changed_.notify_all();
    }
    if (thread_.joinable()) {
        thread_.join();
    }
}

void Arrivals::board_arrived(const std::shared_ptr<transport::Board>& board) {
    const TimePoint now = clock_.now();
    const std::lock_guard lock(mutex_);
    waiting_.push_back({board, now, now + patience});
    changed_.notify_all();
}

void Arrivals::board_left(const std::string& path) {
    {
        const std::lock_guard lock(mutex_);
        std::erase_if(waiting_,
                      [&](const Waiting& waiting) { return waiting.board->info().path == path; });
    }
    left_(path);
}

bool Arrivals::try_to_open(const Waiting& waiting) noexcept {
    try {
        open_(waiting.board);
        return true;
    } catch (const std::system_error& error) {
        if (to_errno(error.code()) == ENODEV) {
            log::info(error.what());
        } else if (clock_.now() < waiting.last) {
            log::debug(fmt::format("{}; trying again", error.what()));
            return false;
        } else {
            log::error(error.what());
        }
    } catch (const std::exception& error) {
        log::error(error.what());
    }
    return true;
}

void Arrivals::run() {
    std::unique_lock lock(mutex_);
    while (!stopping_ && (stays_ || !waiting_.empty())) {
        const auto next =
            std::min_element(waiting_.begin(), waiting_.end(),
                             [](const auto& a, const auto& b) { return a.next < b.next; });
        const TimePoint due = next == waiting_.end() ? TimePoint::max() : next->next;
        if (due > clock_.now()) {
            clock_.wait_until(lock, changed_, due);
            continue;
        }
        Waiting waiting = std::move(*next);
        waiting_.erase(next);
        lock.unlock();
        const bool done = try_to_open(waiting);
        lock.lock();
        if (!done) {
            waiting.next = clock_.now() + pause;
            waiting_.push_back(std::move(waiting));
        }
    }
    running_ = false;
}

ImmediateArrivals::ImmediateArrivals(Arrivals& arrivals, Arrivals::Open open)
    : arrivals_(arrivals), open_(std::move(open)) {}

void ImmediateArrivals::board_arrived(const std::shared_ptr<transport::Board>& board) {
    try {
        try {
            open_(board);
        } catch (const std::system_error& error) {
            log::debug(fmt::format("{}; trying again", error.what()));
            arrivals_.board_arrived(board);
            arrivals_.start_while_needed();
        }
    } catch (const std::exception& error) {
        log::error(error.what());
    }
}

void ImmediateArrivals::board_left(const std::string& path) { arrivals_.board_left(path); }

}  // namespace gpiofs::daemon
