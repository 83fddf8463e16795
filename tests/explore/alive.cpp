// SPDX-License-Identifier: MIT
#include "alive.h"

#include "scheduler.h"

#include <string>

namespace gpiofs::explore {
namespace {

constexpr std::uint32_t alive_mark = 0x600d600d;
constexpr std::uint32_t dead_mark = 0xdeaddead;

long markers = 0;

}  // namespace

Alive::Alive() noexcept : mark_(alive_mark) { ++markers; }

Alive::~Alive() {
    if (Scheduler::is_running()) {
        check("an object destroyed twice");
    }
    mark_ = dead_mark;
    --markers;
}

void Alive::check(const char* what) const {
    if (mark_ != alive_mark) {
        Scheduler::running().fail(std::string("use after free: ") + what);
    }
}

long Alive::count() noexcept { return markers; }

}  // namespace gpiofs::explore
