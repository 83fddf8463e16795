// SPDX-License-Identifier: MIT
#include "gpio/chip.h"
#include "rig.h"
#include "support/manual_clock.h"

#include <doctest/doctest.h>

#include <cerrno>
#include <string>

using namespace gpiofs;
using namespace gpiofs::test;
using gpio::Edge;

namespace {

/// One exported line, driven from outside, and an open file's view of its events.
class OneLine {
  public:
    OneLine() : rig(clock), chip(rig.chip(log)), line(chip->export_line(0, 1)) {
        drive(false);
        line->value_events().attach(file_);
        line->value_events().mark_seen(file_);
    }
    OneLine(const OneLine&) = delete;
    OneLine& operator=(const OneLine&) = delete;
    ~OneLine() { line->value_events().detach(file_); }

    void drive(bool level) { rig.bench.write(0, "adbus0/drive", level ? "1" : "0"); }
    void sample() {
        REQUIRE_FALSE(read_pins(chip->bus(), mpsse::Banks::low, rig.deadline()).error);
    }
    /// Whether something happened since this was last asked.
    bool fired() {
        const bool changed = line->value_events().poll(file_, nullptr);
        line->value_events().mark_seen(file_);
        return changed;
    }
    /// Whether moving the pin to `level` is reported.
    bool fires_for(bool level) {
        drive(level);
        sample();
        return fired();
    }

    ManualClock clock;
    Rig rig;
    ChipLog log;
    std::shared_ptr<gpio::Chip> chip;
    std::shared_ptr<gpio::Line> line;

  private:
    gpio::Subscription file_;
};

}  // namespace

TEST_CASE("line: each edge setting reports its edges and no others") {
    struct Case {
        Edge edge;
        bool active_low;
        bool rise;
        bool fall;
    };
    for (const Case& c :
         {Case{Edge::none, false, false, false}, Case{Edge::rising, false, true, false},
          Case{Edge::falling, false, false, true}, Case{Edge::both, false, true, true},
          Case{Edge::rising, true, false, true}, Case{Edge::falling, true, true, false},
          Case{Edge::both, true, true, true}}) {
        CAPTURE(static_cast<int>(c.edge));
        CAPTURE(c.active_low);
        OneLine on;
        CHECK_FALSE(set_active_low(on.rig, *on.line, c.active_low));
        CHECK_FALSE(set_edge(on.rig, *on.line, c.edge));
        CHECK(on.line->edge() == c.edge);
        CHECK(on.fires_for(true) == c.rise);
        CHECK(on.fires_for(false) == c.fall);
        CHECK_FALSE(on.fires_for(false));
    }
}

TEST_CASE("line: arming reports nothing of before, and everything after") {
    for (const bool level : {false, true}) {
        CAPTURE(level);
        OneLine on;
        on.sample();
        // The pin moves between the last sample and the arming: that is not an edge.
        on.drive(level);
        CHECK_FALSE(set_edge(on.rig, *on.line, Edge::both));
        on.sample();
        CHECK_FALSE(on.fired());
        CHECK(on.fires_for(!level));
    }
}

TEST_CASE("line: rewriting edge and active_low a thousand times loses and invents no edge") {
    OneLine on;
    int reported = 0;
    int invented = 0;
    bool level = false;
    for (int i = 0; i < 1000; ++i) {
        const bool active_low = i % 3 == 0;
        level = !level;
        const bool rises_in_its_sense = level != active_low;
        CHECK_FALSE(set_edge(on.rig, *on.line, i % 5 == 0 ? Edge::none : Edge::both));
        CHECK_FALSE(set_active_low(on.rig, *on.line, active_low));
        CHECK_FALSE(set_edge(on.rig, *on.line, rises_in_its_sense ? Edge::rising : Edge::falling));
        invented += on.fired() ? 1 : 0;
        reported += on.fires_for(level) ? 1 : 0;
    }
    CHECK(reported == 1000);
    CHECK(invented == 0);
}

TEST_CASE("line: turning an armed single edge round reports nothing by itself") {
    OneLine on;
    CHECK_FALSE(set_edge(on.rig, *on.line, Edge::rising));
    on.drive(true);
    CHECK_FALSE(on.line->set_active_low(true, nullptr));
    // The round trip of the change finds the rising edge that was armed before it.
    CHECK_FALSE(set_active_low(on.rig, *on.line, true));
    CHECK(on.fired());
    CHECK_FALSE(on.fires_for(true));
    CHECK(on.fires_for(false));
}

TEST_CASE("line: an output has no edges, and trying disarms") {
    OneLine on;
    CHECK_FALSE(set_edge(on.rig, *on.line, Edge::both));
    CHECK_FALSE(change_pins(on.chip->bus(), on.line->output_change(false), on.rig.deadline()));
    CHECK(on.line->edge() == Edge::both);
    CHECK(set_edge(on.rig, *on.line, Edge::rising).value() == EIO);
    CHECK(on.line->edge() == Edge::none);
    CHECK(on.chip->armed() == 0);
    CHECK_FALSE(set_edge(on.rig, *on.line, Edge::none));
}

TEST_CASE("line: the same edge again changes nothing and asks the board nothing") {
    OneLine on;
    CHECK_FALSE(set_edge(on.rig, *on.line, Edge::rising));
    on.drive(true);
    const auto before = on.rig.board().counters();
    CHECK_FALSE(set_edge(on.rig, *on.line, Edge::rising));
    CHECK(since(before, on.rig.board().counters()).out_transfers == 0);
    on.sample();
    CHECK(on.fired());
}

TEST_CASE("line: a failed sample arms nothing") {
    OneLine on;
    on.rig.bench.write(0, "fault", "timeout 1");
    CHECK(set_edge(on.rig, *on.line, Edge::both).value() == ETIMEDOUT);
    CHECK(on.line->edge() == Edge::none);
    CHECK(on.chip->armed() == 0);
}

TEST_CASE("line: lines of one chip have their edges each for itself") {
    OneLine on;
    const auto other = on.chip->export_line(9, 2);
    CHECK_FALSE(set_edge(on.rig, *on.line, Edge::both));
    CHECK_FALSE(set_edge(on.rig, *other, Edge::falling));
    CHECK(on.chip->armed() == 0x0201);
    gpio::Subscription theirs;
    other->value_events().attach(theirs);
    other->value_events().mark_seen(theirs);
    CHECK(on.fires_for(true));
    CHECK_FALSE(other->value_events().poll(theirs, nullptr));
    on.chip->unexport_line(0);
    CHECK(on.chip->armed() == 0x0200);
    other->value_events().detach(theirs);
}
