// SPDX-License-Identifier: MIT
#include "rig.h"
#include "scarce_memory.h"
#include "stream_rig.h"
#include "support/counted_wakeup.h"
#include "support/manual_clock.h"

#include <doctest/doctest.h>

#include <array>
#include <cerrno>
#include <memory>

using namespace gpiofs;
using namespace gpiofs::test;

namespace {

/// More allocations than any of these operations makes.
constexpr long most = 200;

void check_right_or_refused(TestJob& job) {
    CHECK(job.answers() == 1);
    const int error = job.result().error.value();
    CHECK((error == 0 || error == ENOMEM));
}

}  // namespace

TEST_CASE("memory: a request that finds none fails alone, wherever that is") {
    for (const bool for_good : {false, true}) {
        bool ran_out = true;
        for (long allowed = 0; ran_out && allowed < most; ++allowed) {
            CAPTURE(for_good);
            CAPTURE(allowed);
            ManualClock clock;
            Rig rig(clock);
            BusLog log;
            gpio::Bus bus(rig.started(), clock);
            bus.observe(log);
            const auto write = change_job(output(0, false), rig.deadline());
            const auto read = read_job(mpsse::Banks::both, rig.deadline());
            {
                const ScarceMemory scarce(allowed, for_good);
                bus.submit(write);
                bus.submit(read);
                ran_out = scarce.ran_out();
            }
            check_right_or_refused(*write);
            check_right_or_refused(*read);
            CHECK_FALSE(change_pins(bus, output(1, false), rig.deadline()));
            const auto after = read_pins(bus, mpsse::Banks::both, rig.deadline());
            CHECK_FALSE(after.error);
            CHECK((after.sample.levels & 2U) == 0);
        }
        CHECK_FALSE(ran_out);
    }
}

TEST_CASE("memory: a stream that finds none ends, and so do the jobs in it") {
    // The virtual board of a stream asks for memory as long as it lasts.
    for (long allowed = 0; allowed < most; ++allowed) {
        CAPTURE(allowed);
        StreamRig rig(paced_board(500));
        const auto job = change_job(output(5, true), TimePoint::max());
        job->reads = mpsse::Banks::low;
        rig.clock.in(std::chrono::milliseconds(1), [&] { rig.chip->bus().submit(job); });
        std::error_code error;
        {
            const ScarceMemory scarce(allowed);
            error = rig.stream(std::chrono::milliseconds(20));
            CHECK((!error || error == errno_code(ENOMEM)));
        }
        CHECK_FALSE(read_pins(rig.chip->bus(), mpsse::Banks::both, rig.rig.deadline()).error);
        CHECK_FALSE(rig.stream(std::chrono::milliseconds(5)));
        check_right_or_refused(*job);
    }
}

TEST_CASE("memory: a sample takes none, whoever waits for it and reads it") {
    ManualClock clock;
    Rig rig(clock);
    ChipLog log;
    const auto chip = rig.chip(log);
    std::array<gpio::Subscription, 20> files;
    std::atomic<int> woken = 0;
    const auto line = chip->export_line(0, 1);
    line->make_edge_ring();
    REQUIRE_FALSE(set_edge(rig, *line, gpio::Edge::both));
    for (gpio::Subscription& file : files) {
        line->value_events().attach(file);
        line->value_events().poll(file, std::make_unique<CountedWakeup>(woken));
    }
    const long before = allocations();
    chip->sampled({0x0001, 0x00ff, clock.now()});
    chip->sampled({0x0000, 0x00ff, clock.now()});
    chip->sampled({0x0001, 0x00ff, clock.now()});
    CHECK(allocations() == before);
    CHECK(woken == static_cast<int>(files.size()));
    CHECK(line->edges()->end() >= 2);
    for (gpio::Subscription& file : files) {
        line->value_events().detach(file);
    }
}

TEST_CASE("memory: an idle bus does a job without asking for any") {
    ManualClock clock;
    Rig rig(clock);
    BusLog log;
    // Without the rig's tap, which remembers what passes.
    auto engine = std::make_unique<gpio::Engine>(rig.bench.boards().front()->open(0, {}), "sim0",
                                                 mpsse::Banks::both, clock);
    engine->start(rig.deadline());
    gpio::Bus bus(std::move(engine), clock);
    bus.observe(log);
    const auto job = read_job(mpsse::Banks::both, TimePoint::max());
    bus.submit(job);
    const long before = allocations();
    for (int i = 0; i < 10; ++i) {
        bus.submit(job);
    }
    CHECK(allocations() == before);
    CHECK(job->answers() == 11);
}
