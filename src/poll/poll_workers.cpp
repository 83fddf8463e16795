#include "poll/poll_workers.h"

#include "base/log.h"

#include <exception>
#include <string>
#include <utility>

namespace gpiofs::poll {

PollWorkers::PollWorkers(ReclaimList& reclaim, const Clock& clock, Duration timeout)
    : reclaim_(reclaim), clock_(clock), timeout_(timeout) {}

void PollWorkers::update(const std::shared_ptr<gpio::Chip>& chip) noexcept {
    try {
        const std::lock_guard lock(mutex_);
        const auto at = workers_.find(chip.get());
        const bool wanted = chip->armed() != 0;
        if (wanted && at == workers_.end()) {
            workers_.emplace(chip.get(), std::make_unique<PollWorker>(chip, clock_, timeout_));
        } else if (wanted) {
            at->second->interval_changed();
        } else if (at != workers_.end()) {
            auto worker = std::move(at->second);
            workers_.erase(at);
            worker->stop();
            reclaim_.push(std::move(worker));
        }
    } catch (const std::exception& e) {
        log::error(chip->info().label + ": cannot start or stop the poll worker: " + e.what());
    }
}

}  // namespace gpiofs::poll
