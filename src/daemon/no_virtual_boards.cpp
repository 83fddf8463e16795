// SPDX-License-Identifier: MIT
#include "daemon/virtual_boards.h"

#include <stdexcept>

namespace gpiofs::daemon {

struct VirtualBoards::Parts {};

VirtualBoards::VirtualBoards(Clock&) {}
VirtualBoards::~VirtualBoards() = default;

void VirtualBoards::add(const sim::BoardConfig&) {
    throw std::runtime_error(
        "--simulate: this program was built without virtual boards (-DGPIOFS_SIMULATOR=OFF)");
}

fs::Bench* VirtualBoards::files() { return nullptr; }

std::vector<std::shared_ptr<transport::Board>> VirtualBoards::boards() { return {}; }

void VirtualBoards::watch(transport::BoardObserver&) {}

void VirtualBoards::stop_watching() noexcept {}

}  // namespace gpiofs::daemon
