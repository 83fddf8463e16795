// SPDX-License-Identifier: MIT
#include "daemon/virtual_boards.h"

#include "daemon/bench_tree.h"
#include "sim/bench.h"

#include <optional>

namespace gpiofs::daemon {

struct VirtualBoards::Parts {
    explicit Parts(Clock& clock) : bench(clock) {}

    sim::Bench bench;
    std::optional<BenchTree> tree;
};

VirtualBoards::VirtualBoards(Clock& clock) : parts_(std::make_unique<Parts>(clock)) {}
VirtualBoards::~VirtualBoards() = default;

void VirtualBoards::add(const sim::BoardConfig& config) { parts_->bench.add(config); }

fs::Bench* VirtualBoards::files() {
    if (parts_->bench.size() == 0) {
        return nullptr;
    }
    if (!parts_->tree) {
        parts_->tree.emplace(parts_->bench);
    }
    return &*parts_->tree;
}

std::vector<std::shared_ptr<transport::Board>> VirtualBoards::boards() {
    return parts_->bench.boards();
}

void VirtualBoards::watch(transport::BoardObserver& observer) { parts_->bench.watch(observer); }

void VirtualBoards::stop_watching() noexcept { parts_->bench.stop_watching(); }

}  // namespace gpiofs::daemon
