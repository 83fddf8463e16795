// SPDX-License-Identifier: MIT
// A board at fault whose lines a poll worker samples at an interval.
#include "faults/scene.h"
#include "poll/poll_workers.h"
#include "support/wait.h"

#include <doctest/doctest.h>

#include <atomic>

using namespace gpiofs;
using namespace gpiofs::test;
using std::chrono::milliseconds;

namespace {

/// Whose arming starts and retires workers, as in the program.
class Owner final : public gpio::ChipObserver {
  public:
    explicit Owner(const Clock& clock) : workers(reclaim, clock, milliseconds(300)) {}
    void work_changed(const std::shared_ptr<gpio::Chip>& chip) noexcept override {
        workers.update(chip);
    }
    void need_worker(const std::shared_ptr<gpio::Chip>& needing) override { workers.need(needing); }
    void board_lost(const gpio::ChipInfo& /*chip*/) noexcept override { ++losses; }

    poll::ReclaimList reclaim;
    poll::PollWorkers workers;
    std::atomic<int> losses = 0;
};

struct Sampled {
    Sampled() : owner(clock), scene(clock, owner, milliseconds(1)) {}
    ~Sampled() {
        scene.chip->kill();
        owner.reclaim.drain();
    }
    Sampled(const Sampled&) = delete;
    Sampled& operator=(const Sampled&) = delete;

    /// Until so many more replies have come: more than a fault can spoil.
    bool goes_on() {
        const auto replies = [&] { return scene.rig.board().counters().in_transfers; };
        const auto wanted = replies() + 10;
        return wait_until([&] { return replies() >= wanted; });
    }

    SystemClock clock;
    Owner owner;
    Scene scene;
};

void check_sampling(int count) {
    for_each_cell(Operation::sampling, [count](const Cell& cell) {
        if (cell.count != count) {
            return;
        }
        INFO(cell.name());
        Sampled on;
        REQUIRE(on.goes_on());
        on.scene.begin(cell);
        if (cell.disconnects()) {
            CHECK(wait_until([&] { return on.owner.losses > 0; }));
            on.scene.check_gone(cell, on.owner);
            return;
        }
        CHECK(cell.expected.error == 0);
        if (cell.takes_power()) {
            // With its lines the sampling ends, before it has recovered the board.
            CHECK(wait_until([&] { return on.scene.line_is_gone(); }));
            on.scene.end_fault();
            CHECK(wait_until([&] { return on.scene.reads(); }));
        } else {
            if (cell.for_ever()) {
                // Each attempt is short, and not every one gets to the last rung on a busy machine.
                CHECK(wait_until([&] {
                    return on.scene.rig.tap->writes().size() >= 3 &&
                           on.scene.rungs() == cell.expected.rungs;
                }));
                on.scene.end_fault();
            }
            CHECK(on.goes_on());
        }
        on.scene.check_trace(cell, 0);
        on.scene.check_in_order(cell, Scene::outputs);
    });
}

}  // namespace

// In real time, so that one after the other takes long.
TEST_CASE("lines are sampled, and something fails once") { check_sampling(1); }
TEST_CASE("lines are sampled, and something fails three times") { check_sampling(3); }
TEST_CASE("lines are sampled, and something fails for ever") { check_sampling(-1); }
