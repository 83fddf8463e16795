// SPDX-License-Identifier: MIT
#include "gpio/chip.h"
#include "rig.h"
#include "support/manual_clock.h"

#include <doctest/doctest.h>

#include <array>
#include <memory>
#include <string>

using namespace gpiofs;
using namespace gpiofs::test;
using gpio::Edge;

namespace {

/// One exported line, driven from outside.
class OneLine {
  public:
    OneLine() : rig(clock), chip(rig.chip(log)), line(chip->export_line(0, 1)) {
        line->make_edge_ring();
        drive(false);
    }

    void drive(bool level) { rig.bench.write(0, "adbus0/drive", level ? "1" : "0"); }
    gpio::Sample sample() {
        clock.advance(std::chrono::microseconds(7));
        const auto result = read_pins(chip->bus(), mpsse::Banks::low, rig.deadline());
        REQUIRE_FALSE(result.error);
        return result.sample;
    }
    void drive_and_sample(bool level) {
        drive(level);
        sample();
    }
    void make_output(bool level) {
        REQUIRE_FALSE(change_pins(chip->bus(), line->output_change(level), rig.deadline()));
    }
    void make_input() {
        REQUIRE_FALSE(change_pins(chip->bus(), line->input_change(), rig.deadline()));
    }
    /// The edges since the last call: "rf" is a rise and a fall.
    std::string edges() {
        std::string seen;
        std::array<gpio::EdgeEvent, 16> taken;
        const auto [first, count] = line->edges()->copy(next_, line->edges()->end(), taken);
        for (std::size_t n = 0; n < count; ++n) {
            seen += taken.at(n).rising ? 'r' : 'f';
        }
        next_ = first + count;
        return seen;
    }

    ManualClock clock;
    Rig rig;
    ChipLog log;
    std::shared_ptr<gpio::Chip> chip;
    std::shared_ptr<gpio::Line> line;

  private:
    std::uint64_t next_ = 0;
};

}  // namespace

TEST_CASE("line edges: edge and active_low choose what is recorded, and its sense") {
    struct Case {
        Edge edge;
        bool active_low;
        std::string seen;
    };
    for (const Case& c : {Case{Edge::none, false, ""}, Case{Edge::rising, false, "r"},
                          Case{Edge::falling, false, "f"}, Case{Edge::both, false, "rf"},
                          Case{Edge::none, true, ""}, Case{Edge::rising, true, "r"},
                          Case{Edge::falling, true, "f"}, Case{Edge::both, true, "fr"}}) {
        for (const bool inverted_first : {true, false}) {
            CAPTURE(static_cast<int>(c.edge));
            CAPTURE(c.active_low);
            CAPTURE(inverted_first);
            OneLine on;
            const auto invert = [&] {
                REQUIRE_FALSE(set_active_low(on.rig, *on.line, c.active_low));
            };
            if (inverted_first) {
                invert();
            }
            REQUIRE_FALSE(set_edge(on.rig, *on.line, c.edge));
            if (!inverted_first) {
                invert();
            }
            on.drive_and_sample(true);
            on.drive_and_sample(false);
            on.drive_and_sample(false);
            CHECK(on.edges() == c.seen);
        }
    }
}

TEST_CASE("line edges: an edge has the time of its sample, and arming records nothing") {
    OneLine on;
    on.drive_and_sample(true);
    REQUIRE_FALSE(set_edge(on.rig, *on.line, Edge::both));
    on.sample();
    CHECK(on.edges().empty());
    on.drive(false);
    const auto sample = on.sample();
    std::array<gpio::EdgeEvent, 1> taken;
    REQUIRE(on.line->edges()->copy(0, 1, taken).count == 1);
    CHECK(taken.front().time == sample.time);
    CHECK_FALSE(taken.front().rising);
}

TEST_CASE("line edges: what was recorded stays when the line is disarmed") {
    OneLine on;
    REQUIRE_FALSE(set_edge(on.rig, *on.line, Edge::both));
    on.drive_and_sample(true);
    CHECK(on.line->set_edge(Edge::none, nullptr));
    on.drive_and_sample(false);
    REQUIRE_FALSE(set_edge(on.rig, *on.line, Edge::both));
    on.drive_and_sample(true);
    CHECK(on.edges() == "rr");
}

TEST_CASE("line edges: an armed line that becomes an output is not sampled, and edge stays") {
    OneLine on;
    REQUIRE_FALSE(set_edge(on.rig, *on.line, Edge::both));
    CHECK(on.chip->armed() == 1);
    const int changes = on.log.work_changes;
    on.make_output(true);
    CHECK(on.chip->armed() == 0);
    CHECK(on.log.work_changes == changes + 1);
    CHECK(on.line->edge() == Edge::both);
    on.sample();
    on.make_output(false);
    on.sample();
    CHECK(on.edges().empty());
    on.make_input();
    CHECK(on.chip->armed() == 1);
    CHECK(on.log.work_changes == changes + 2);
    // The level that it has as it becomes an input is no edge, and the next one is.
    CHECK(on.edges().empty());
    on.drive_and_sample(true);
    CHECK(on.edges() == "r");
}

TEST_CASE("line edges: without a ring an edge is told to value alone") {
    OneLine on;
    const auto other = on.chip->export_line(1, 2);
    gpio::Subscription file;
    other->value_events().attach(file);
    other->value_events().mark_seen(file);
    REQUIRE_FALSE(set_edge(on.rig, *other, Edge::both));
    on.rig.bench.write(0, "adbus1/drive", "0");
    on.sample();
    CHECK(other->edges() == nullptr);
    CHECK(other->value_events().poll(file, nullptr));
    other->value_events().detach(file);
}
