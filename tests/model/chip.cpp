// SPDX-License-Identifier: MIT
#include "gpio/chip.h"

#include "mpsse/chip_type.h"
#include "mpsse/known_boards.h"
#include "rig.h"
#include "support/counted_wakeup.h"
#include "support/manual_clock.h"
#include "support/wait.h"

#include <doctest/doctest.h>

#include <cerrno>
#include <thread>

using namespace gpiofs;
using namespace gpiofs::test;

namespace {

struct OneChip {
    OneChip() : rig(clock), chip(rig.chip(log)) {}
    std::shared_ptr<gpio::Line> line(unsigned offset) { return chip->export_line(offset, offset); }
    void change(const gpio::PinChange& change) {
        REQUIRE_FALSE(change_pins(chip->bus(), change, rig.deadline()));
    }
    bool value(const gpio::Line& line) {
        const auto result = read_pins(chip->bus(), line.bank(), rig.deadline());
        REQUIRE_FALSE(result.error);
        return line.value(result.sample);
    }

    ManualClock clock;
    Rig rig;
    ChipLog log;
    std::shared_ptr<gpio::Chip> chip;
};

}  // namespace

TEST_CASE("chip: lines are exported once, found, and unexported") {
    OneChip on;
    const auto line = on.line(5);
    CHECK(line->number() == gpio::dynamic_base + 5);
    CHECK(line->direction() == gpio::Direction::in);
    CHECK(line->edge() == gpio::Edge::none);
    CHECK_FALSE(line->active_low());
    CHECK(on.chip->line(5) == line);
    const auto other = on.line(2);
    CHECK(on.chip->lines() == std::vector{other, line});
    CHECK(errno_of([&] { on.line(5); }) == EBUSY);
    CHECK(errno_of([&] { on.line(16); }) == EINVAL);
    CHECK(errno_of([&] { on.chip->unexport_line(6); }) == EINVAL);
    CHECK(errno_of([&] { on.chip->unexport_line(16); }) == EINVAL);
    CHECK_FALSE(line->dead());
    on.chip->unexport_line(5);
    CHECK(line->dead());
    CHECK(on.chip->line(5) == nullptr);
    CHECK_FALSE(on.line(5)->dead());
}

TEST_CASE("chip: a line's number of exports leaves no trace in it") {
    OneChip on;
    const auto line = on.line(0);
    CHECK_FALSE(set_active_low(on.rig, *line, true));
    CHECK_FALSE(set_edge(on.rig, *line, gpio::Edge::both));
    on.chip->unexport_line(0);
    CHECK(on.chip->armed() == 0);
    CHECK(set_edge(on.rig, *line, gpio::Edge::rising).value() == ENODEV);
    CHECK(set_active_low(on.rig, *line, false).value() == ENODEV);
    const auto again = on.line(0);
    CHECK(again->edge() == gpio::Edge::none);
    CHECK_FALSE(again->active_low());
}

TEST_CASE("chip: the limits of a Bryx board hold") {
    ManualClock clock;
    Rig rig(clock, {"FT232H"});
    ChipLog log;
    // gpio-mpsse.c: line 3 out only, line 5 in only.
    const auto limits =
        mpsse::line_limits(0x0403, 0x6988, *mpsse::find_chip_type(std::string_view("FT232H")));
    const auto chip = rig.chip(log, limits);
    CHECK(errno_of([&] { chip->export_line(0, 1); }) == EINVAL);
    const auto out = chip->export_line(3, 2);
    const auto in = chip->export_line(5, 3);
    CHECK(out->can_output());
    CHECK_FALSE(out->can_input());
    CHECK(in->can_input());
    CHECK_FALSE(in->can_output());
}

TEST_CASE("chip: a change touches no other line") {
    OneChip on;
    const auto a = on.line(0);
    const auto b = on.line(1);
    const auto c = on.line(9);
    on.change(a->output_change(false));
    on.change(b->output_change(true));
    on.change(c->output_change(false));
    CHECK(on.chip->state() == mpsse::PortState{0x0002, 0x0203});
    CHECK(on.rig.levels() == 0xfdfe);
    on.change(a->value_change(true));
    CHECK(on.rig.levels() == 0xfdff);
    on.change(b->input_change());
    CHECK(b->direction() == gpio::Direction::in);
    CHECK(a->direction() == gpio::Direction::out);
    on.change(b->output_change(false));
    CHECK(on.chip->state() == mpsse::PortState{0x0001, 0x0203});
    CHECK(on.rig.levels() == 0xfdfd);
}

TEST_CASE("chip: active_low turns value round, and leaves high and low alone") {
    OneChip on;
    const auto line = on.line(4);
    on.change(line->output_change(true));
    CHECK(on.value(*line));
    CHECK_FALSE(set_active_low(on.rig, *line, true));
    CHECK_FALSE(on.value(*line));
    on.change(line->value_change(true));
    CHECK_FALSE(on.rig.board().level({0, 4}));
    CHECK(on.value(*line));
    on.change(line->output_change(true));
    CHECK(on.rig.board().level({0, 4}));
}

TEST_CASE("chip: a change that failed is not told as the line's state") {
    OneChip on;
    const auto line = on.line(0);
    on.rig.bench.write(0, "fault", "timeout 1");
    CHECK(change_pins(on.chip->bus(), line->output_change(false), on.rig.deadline()).value() ==
          ETIMEDOUT);
    CHECK(line->direction() == gpio::Direction::in);
}

TEST_CASE("chip: nothing armed is no transfer, and no bank is overdue") {
    OneChip on;
    const auto line = on.line(0);
    const auto before = on.rig.board().counters();
    on.clock.advance(std::chrono::seconds(10));
    CHECK(on.chip->overdue(mpsse::Banks::none) == mpsse::Banks::none);
    CHECK_FALSE(set_edge(on.rig, *line, gpio::Edge::none));
    CHECK_FALSE(set_active_low(on.rig, *line, true));
    const auto cost = since(before, on.rig.board().counters());
    CHECK(cost.out_transfers + cost.in_transfers + cost.status_only == 0);
}

TEST_CASE("chip: a sample is overdue after the interval, and any round trip may bring it") {
    OneChip on;
    const auto line = on.line(9);
    CHECK_FALSE(set_edge(on.rig, *line, gpio::Edge::rising));
    on.clock.advance(std::chrono::milliseconds(2));
    CHECK(on.chip->overdue(mpsse::Banks::none) == mpsse::Banks::high);
    CHECK(on.chip->overdue(mpsse::Banks::low) == mpsse::Banks::high);
    CHECK(on.chip->overdue(mpsse::Banks::high) == mpsse::Banks::none);
    on.rig.tap->forget();
    on.change(gpio::PinChange{});
    CHECK(on.rig.tap->writes().at(0) == Bytes{0x83, 0x87});
    CHECK(on.chip->overdue(mpsse::Banks::none) == mpsse::Banks::none);
}

TEST_CASE("chip: killing it kills its lines, wakes who polls, and ends its bus") {
    OneChip on;
    const auto line = on.line(0);
    CHECK_FALSE(set_edge(on.rig, *line, gpio::Edge::both));
    std::atomic<int> woken = 0;
    gpio::Subscription value;
    gpio::Subscription quiet;
    gpio::Subscription own;
    const auto watch = [&](gpio::EventNode& node, gpio::Subscription& subscription) {
        node.attach(subscription);
        node.mark_seen(subscription);
        CHECK_FALSE(node.poll(subscription, std::make_unique<CountedWakeup>(woken)));
    };
    watch(line->value_events(), value);
    watch(line->quiet_events(), quiet);
    watch(on.chip->events(), own);
    const int changes = on.log.work_changes;
    on.chip->kill();
    CHECK(woken == 3);
    CHECK(line->dead());
    CHECK(on.chip->dead());
    CHECK(on.chip->armed() == 0);
    CHECK(on.chip->lines().empty());
    CHECK(on.log.work_changes > changes);
    CHECK(line->value_events().poll(value, nullptr));
    CHECK(read_pins(on.chip->bus(), mpsse::Banks::low, on.rig.deadline()).error.value() == ENODEV);
    CHECK(errno_of([&] { on.line(1); }) == ENODEV);
    CHECK(errno_of([&] { on.chip->unexport_line(0); }) == ENODEV);
    on.chip->kill();
    CHECK(woken == 3);
    CHECK(on.chip->bus().retire() != nullptr);
    line->value_events().detach(value);
    line->quiet_events().detach(quiet);
    on.chip->events().detach(own);
}

TEST_CASE("chip: unexport wakes who polls the line, and no other") {
    OneChip on;
    const auto line = on.line(0);
    const auto other = on.line(1);
    std::atomic<int> woken = 0;
    gpio::Subscription mine;
    gpio::Subscription theirs;
    line->value_events().attach(mine);
    other->value_events().attach(theirs);
    line->value_events().poll(mine, std::make_unique<CountedWakeup>(woken));
    other->value_events().poll(theirs, std::make_unique<CountedWakeup>(woken));
    on.chip->unexport_line(0);
    CHECK(woken == 1);
    CHECK(line->value_events().poll(mine, nullptr));
    line->value_events().detach(mine);
    other->value_events().detach(theirs);
}

TEST_CASE("chip: a board that is gone is told of by its path") {
    OneChip on;
    on.rig.bench.write(0, "plugged", "0");
    CHECK(read_pins(on.chip->bus(), mpsse::Banks::low, on.rig.deadline()).error.value() == ENODEV);
    CHECK(on.log.losses == 1);
}

TEST_CASE("chip: one that was taken out tells of no loss, its path may be another board's by now") {
    OneChip on;
    on.chip->kill();
    on.chip->lost();
    CHECK(on.log.losses == 0);
}
