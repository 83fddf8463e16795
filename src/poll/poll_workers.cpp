// SPDX-License-Identifier: MIT
#include "poll/poll_workers.h"

#include "base/error.h"
#include "base/log.h"

#include <cerrno>
#include <exception>
#include <string>
#include <utility>

namespace gpiofs::poll {
namespace {

void log_failure(const gpio::ChipInfo& chip, const std::exception& error) noexcept {
    try {
        log::error(chip.label + ": the poll worker cannot be started: " + error.what());
    } catch (...) {  // NOLINT(bugprone-empty-catch): there is no memory to say so
    }
}

}  // namespace

PollWorkers::PollWorkers(ReclaimList& reclaim, const Clock& clock, Duration timeout)
    : reclaim_(reclaim), clock_(clock), timeout_(timeout) {}

void PollWorkers::update(const std::shared_ptr<gpio::Chip>& chip) noexcept {
    try {
        const std::lock_guard lock(mutex_);
        const auto at = workers_.find(chip.get());
        const bool wanted = chip->has_work();
        if (wanted && at == workers_.end()) {
            start_locked(chip);
        } else if (wanted) {
            at->second->work_changed();
        } else if (at != workers_.end()) {
            at->second->stop();
            reclaim_.push(std::move(at->second));
            workers_.erase(at);
        }
    } catch (const std::exception& e) {
        log_failure(chip->info(), e);
    }
}

void PollWorkers::need(const std::shared_ptr<gpio::Chip>& chip) {
    const std::lock_guard lock(mutex_);
    if (workers_.find(chip.get()) == workers_.end()) {
        try {
            start_locked(chip);
        } catch (const std::system_error& e) {
            throw_errno(ENOMEM, std::string("a poll worker cannot be started: ") + e.what());
        }
    }
}

void PollWorkers::start_locked(const std::shared_ptr<gpio::Chip>& chip) {
    auto& place = workers_[chip.get()];  // first: a worker that runs must not fail to be kept
    try {
        place = std::make_unique<PollWorker>(chip, clock_, timeout_);
    } catch (...) {
        workers_.erase(chip.get());
        throw;
    }
}

}  // namespace gpiofs::poll
