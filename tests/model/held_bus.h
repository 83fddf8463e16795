// SPDX-License-Identifier: MIT
#pragma once

#include "rig.h"
#include "support/wait.h"

#include <doctest/doctest.h>

#include <memory>
#include <thread>

namespace gpiofs::test {

/// A bus with a first job held up on the wire, so that what comes now is queued.
struct HeldBus {
    HeldBus() : rig(clock), bus(rig.started(), clock) {
        bus.observe(log);
        rig.tap->hold();
        first = read_job(mpsse::Banks::low, rig.deadline());
        holder = std::thread([this] { bus.submit(first); });
        REQUIRE(wait_until([this] { return rig.tap->somebody_held(); }));
        before = rig.board().counters();
    }
    HeldBus(const HeldBus&) = delete;
    HeldBus& operator=(const HeldBus&) = delete;
    ~HeldBus() { finish(); }

    void finish() {
        rig.tap->release();
        if (holder.joinable()) {
            holder.join();
        }
    }

    SystemClock clock;
    Rig rig;
    BusLog log;
    gpio::Bus bus;
    std::shared_ptr<TestJob> first;
    std::thread holder;
    sim::Counters before;
};

}  // namespace gpiofs::test
