// SPDX-License-Identifier: MIT
#include "base/error.h"
#include "stream_rig.h"

#include <doctest/doctest.h>

#include <cerrno>
#include <string>

using namespace gpiofs;
using namespace gpiofs::test;
using std::chrono::milliseconds;

namespace {

constexpr auto warm_up = milliseconds(20);

/// Reads and moves an output, and finds the input as it is driven.
void check_in_order(StreamRig& rig) {
    REQUIRE_FALSE(change_pins(rig.chip->bus(), output(3, true), rig.rig.deadline()));
    rig.drive(true);
    const auto read = read_pins(rig.chip->bus(), mpsse::Banks::low, rig.rig.deadline());
    REQUIRE_FALSE(read.error);
    CHECK((read.sample.levels & 0x09) == 0x09);
    CHECK(rig.rig.board().level({0, 3}));
}

}  // namespace

TEST_CASE("stream: a fault ends it with its errno, jobs included, and afterwards all is in order") {
    struct Case {
        sim::FaultKind fault;
        int error;
    };
    for (const Case& expected :
         {Case{sim::FaultKind::timeout, ETIMEDOUT}, Case{sim::FaultKind::nak, ETIMEDOUT},
          Case{sim::FaultKind::stall, EPIPE}}) {
        CAPTURE(static_cast<int>(expected.fault));
        StreamRig rig(paced_board(500));
        const auto job = read_job(mpsse::Banks::low, TimePoint::max());
        rig.clock.in(warm_up, [&] {
            rig.rig.board().set_fault(expected.fault, -1);
            rig.chip->bus().submit(job);
        });
        CHECK(rig.stream(milliseconds(100)) == errno_code(expected.error));
        CHECK(job->result().error == errno_code(expected.error));
        CHECK(job->answers() == 1);
        rig.rig.board().set_fault(sim::FaultKind::none, 0);
        check_in_order(rig);
        CHECK_FALSE(rig.stream(milliseconds(10)));
    }
}

TEST_CASE("stream: replies that are lost on the way are missed, not taken for others") {
    StreamRig rig(paced_board(500));
    // Of both banks, whose replies take turns: after a lost one each would pass for the other's.
    const auto other = rig.chip->export_line(8, 2);
    const auto now = read_pins(rig.chip->bus(), mpsse::Banks::both, rig.rig.deadline());
    EdgeTaker others_edges(*other);
    other->set_edge(gpio::Edge::both, &now.sample);
    const TimePoint end = rig.clock.now() + milliseconds(50);
    rig.clock.in(warm_up, [&] { rig.rig.board().set_fault(sim::FaultKind::short_reply, 1); });
    CHECK(rig.stream(milliseconds(50)) == errno_code(EIO));
    CHECK(rig.clock.now() < end);
    CHECK_FALSE(rig.edges->take());
    CHECK_FALSE(others_edges.take());
    other->set_edge(gpio::Edge::none, nullptr);
    check_in_order(rig);
    CHECK_FALSE(rig.stream(milliseconds(10)));
}

TEST_CASE("stream: a chip that lost its power is brought back with the outputs it had") {
    StreamRig rig(paced_board(500));
    REQUIRE_FALSE(change_pins(rig.chip->bus(), output(5, true), rig.rig.deadline()));
    rig.clock.in(warm_up, [&] {
        // Without its power it is a UART again, which drives line 0.
        rig.rig.board().set_drive({0, 0}, sim::Drive::z);
        rig.rig.board().set_fault(sim::FaultKind::power_loss, 1);
    });
    CHECK(rig.stream(milliseconds(100)) == errno_code(ETIMEDOUT));
    check_in_order(rig);
    CHECK(rig.rig.board().level({0, 5}));
}

TEST_CASE("stream: pulling the plug ends it with ENODEV and is told once") {
    StreamRig rig(paced_board(500));
    const auto job = read_job(mpsse::Banks::low, TimePoint::max());
    rig.clock.in(warm_up, [&] {
        rig.chip->bus().submit(job);
        rig.rig.board().set_plugged(false);
    });
    CHECK(rig.stream(milliseconds(100)) == errno_code(ENODEV));
    CHECK(job->result().error == errno_code(ENODEV));
    CHECK(rig.log.losses == 1);
}

TEST_CASE("stream: closing the bus ends it, and the engine can be had at once") {
    StreamRig rig(paced_board(500));
    rig.clock.in(warm_up, [&] { rig.chip->kill(); });
    CHECK(rig.stream(milliseconds(100)) == errno_code(ENODEV));
    CHECK(rig.log.losses == 0);
    CHECK(rig.chip->bus().retire() != nullptr);
}
