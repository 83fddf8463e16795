// SPDX-License-Identifier: MIT
#include "sim/bench.h"

#include "base/error.h"
#include "sim/local_board.h"

#include <fmt/format.h>

#include <cerrno>
#include <utility>

namespace gpiofs::sim {
namespace {

std::string path_of(std::size_t number) { return fmt::format("sim{}", number); }

}  // namespace

Bench::Bench(Clock& clock) : clock_(clock) {}
Bench::~Bench() = default;

unsigned Bench::add(const BoardConfig& config) {
    const std::scoped_lock lock(mutex_);
    const std::size_t number = slots_.size();
    auto board = std::make_shared<VirtualBoard>(config, fmt::format("SIM{}", number), clock_);
    auto local = std::make_shared<LocalBoard>(board, path_of(number));
    slots_.push_back({std::move(board), std::move(local)});
    return static_cast<unsigned>(number);
}

unsigned Bench::size() const {
    const std::scoped_lock lock(mutex_);
    return static_cast<unsigned>(slots_.size());
}

VirtualBoard& Bench::board(unsigned number) const {
    const std::scoped_lock lock(mutex_);
    return *slots_.at(number).board;
}

VirtualBoard& Bench::find(unsigned number) const {
    const std::scoped_lock lock(mutex_);
    if (number >= slots_.size()) {
        throw_errno(ENOENT, fmt::format("no board {}", number));
    }
    return *slots_[number].board;
}

std::vector<BenchFile> Bench::files(unsigned number) const { return list_files(find(number)); }

std::vector<std::string> Bench::pins(unsigned number) const { return list_pins(find(number)); }

std::string Bench::read(unsigned number, std::string_view path) const {
    return read_file(find(number), path);
}

void Bench::write(unsigned number, std::string_view path, std::string_view text) {
    VirtualBoard& board = find(number);
    if (path == "plugged") {
        set_plugged(number, parse_switch(text));
    } else {
        write_file(board, path, text);
    }
}

void Bench::set_plugged(unsigned number, bool plugged) {
    std::unique_lock lock(mutex_);
    Slot& slot = slots_[number];
    // What may fail comes before the plug.
    events_.reserve(events_.size() + 1);
    Event event{nullptr, plugged ? std::string() : path_of(number)};
    if (!slot.board->set_plugged(plugged)) {
        return;
    }
    slot.local = nullptr;
    if (plugged) {
        try {
            slot.local = std::make_shared<LocalBoard>(slot.board, path_of(number));
        } catch (...) {
            slot.board->set_plugged(false);
            throw;
        }
        event.arrived = slot.local;
    }
    events_.push_back(std::move(event));
    tell(lock);
}

/// The thread that finds no other telling tells everything, so that observers hear events in
/// order. If one throws, the next thread goes on behind that event.
void Bench::tell(std::unique_lock<std::mutex>& lock) {
    if (telling_) {
        return;
    }
    struct Telling {
        Telling(Bench& telling, std::unique_lock<std::mutex>& held) : bench(telling), lock(held) {
            bench.telling_ = true;
        }
        Telling(const Telling&) = delete;
        Telling& operator=(const Telling&) = delete;
        ~Telling() {
            if (!lock.owns_lock()) {
                lock.lock();
            }
            bench.telling_ = false;
            bench.told_.notify_all();
        }
        Bench& bench;
        std::unique_lock<std::mutex>& lock;
    };
    const Telling telling(*this, lock);
    while (!events_.empty()) {
        const Event event = std::move(events_.front());
        events_.erase(events_.begin());
        transport::BoardObserver* const observer = observer_;
        if (observer == nullptr) {
            continue;
        }
        lock.unlock();
        if (event.arrived) {
            observer->board_arrived(event.arrived);
        } else {
            observer->board_left(event.left);
        }
        lock.lock();
    }
}

std::vector<std::shared_ptr<transport::Board>> Bench::boards() {
    const std::scoped_lock lock(mutex_);
    std::vector<std::shared_ptr<transport::Board>> plugged;
    for (const Slot& slot : slots_) {
        if (slot.local) {
            plugged.push_back(slot.local);
        }
    }
    return plugged;
}

void Bench::watch(transport::BoardObserver& observer) {
    const std::scoped_lock lock(mutex_);
    observer_ = &observer;
}

void Bench::stop_watching() noexcept {
    std::unique_lock lock(mutex_);
    observer_ = nullptr;
    told_.wait(lock, [this] { return !telling_; });
}

}  // namespace gpiofs::sim
