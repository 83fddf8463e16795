#include "gpio/chip.h"
#include "rig.h"
#include "support/manual_clock.h"

#include <doctest/doctest.h>

#include <cerrno>
#include <memory>
#include <string>
#include <utility>

using namespace gpiofs;
using namespace gpiofs::test;
using gpio::Edge;
using gpio::EventQueue;

namespace {

/// One exported line, driven from outside.
class OneLine {
  public:
    OneLine() : rig(clock), chip(rig.chip(log)), line(chip->export_line(0, 1)) { drive(false); }

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
    /// As the front end does it when a file is opened, here with nobody else on the bus.
    void add(EventQueue& queue) { line->add_reader(queue, sample()); }

    ManualClock clock;
    Rig rig;
    ChipLog log;
    std::shared_ptr<gpio::Chip> chip;
    std::shared_ptr<gpio::Line> line;
};

/// A reader of the line's edges while it lives.
class Reader {
  public:
    explicit Reader(OneLine& on) : on_(on) { on_.add(queue); }
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;
    ~Reader() { on_.line->remove_reader(queue); }

    /// What has come since the last call: "rf" is a rise and a fall.
    std::string edges() {
        std::string seen;
        while (const auto entry = queue.take()) {
            seen += entry->edge.rising ? 'r' : 'f';
        }
        return seen;
    }

    EventQueue queue;

  private:
    OneLine& on_;
};

}  // namespace

TEST_CASE("readers: each setting of edge and active_low shows its edges in its sense") {
    struct Case {
        Edge edge;
        bool active_low;
        std::string seen;
    };
    for (const Case& c : {Case{Edge::none, false, "rf"}, Case{Edge::rising, false, "r"},
                          Case{Edge::falling, false, "f"}, Case{Edge::both, false, "rf"},
                          Case{Edge::none, true, "fr"}, Case{Edge::rising, true, "r"},
                          Case{Edge::falling, true, "f"}, Case{Edge::both, true, "fr"}}) {
        for (const bool set_first : {true, false}) {
            CAPTURE(static_cast<int>(c.edge));
            CAPTURE(c.active_low);
            CAPTURE(set_first);
            OneLine on;
            const auto set = [&] {
                REQUIRE_FALSE(set_active_low(on.rig, *on.line, c.active_low));
                REQUIRE_FALSE(set_edge(on.rig, *on.line, c.edge));
            };
            if (set_first) {
                set();
            }
            Reader reader(on);
            if (!set_first) {
                set();
            }
            on.drive_and_sample(true);
            on.drive_and_sample(false);
            on.drive_and_sample(false);
            CHECK(reader.edges() == c.seen);
        }
    }
}

TEST_CASE("readers: an edge has the time of its sample, and opening shows nothing of before") {
    OneLine on;
    on.sample();
    on.drive(true);
    Reader reader(on);
    on.sample();
    CHECK(reader.edges().empty());
    on.drive(false);
    const auto sample = on.sample();
    const auto entry = reader.queue.take();
    REQUIRE(entry);
    CHECK(entry->edge.time == sample.time);
    CHECK_FALSE(entry->edge.rising);
}

TEST_CASE("readers: value is told nothing on their account, and they nothing on its") {
    OneLine on;
    gpio::Subscription file;
    on.line->value_events().attach(file);
    on.line->value_events().mark_seen(file);
    Reader reader(on);
    on.drive_and_sample(true);
    CHECK_FALSE(on.line->value_events().poll(file, nullptr));
    CHECK(reader.edges() == "r");
    REQUIRE_FALSE(set_edge(on.rig, *on.line, Edge::both));
    on.drive_and_sample(false);
    CHECK(on.line->value_events().poll(file, nullptr));
    CHECK(reader.edges() == "f");
    // Disarming value without a sample is no edge for the reader, whatever the level.
    on.drive_and_sample(true);
    CHECK(reader.edges() == "r");
    CHECK(on.line->set_edge(Edge::none, nullptr));
    on.sample();
    CHECK(reader.edges().empty());
    on.line->value_events().detach(file);
}

TEST_CASE("readers: the line is armed from the first to the last, whatever its edge") {
    OneLine on;
    CHECK(on.chip->armed() == 0);
    {
        Reader first(on);
        CHECK(on.chip->armed() == 1);
        {
            const Reader second(on);
            CHECK(on.chip->armed() == 1);
        }
        CHECK(on.chip->armed() == 1);
        const int before = on.log.arming_changes;
        on.line->remove_reader(first.queue);
        CHECK(on.chip->armed() == 0);
        CHECK(on.log.arming_changes == before + 1);
    }
    REQUIRE_FALSE(set_edge(on.rig, *on.line, Edge::both));
    { const Reader reader(on); }
    CHECK(on.chip->armed() == 1);
}

TEST_CASE("readers: each has every edge, in a queue of its own") {
    OneLine on;
    Reader first(on);
    on.drive_and_sample(true);
    Reader second(on);
    on.drive_and_sample(false);
    CHECK(first.edges() == "rf");
    CHECK(second.edges() == "f");
}

TEST_CASE("readers: unexport and the chip's end end their queues, and the edges before remain") {
    for (const bool unexport : {true, false}) {
        CAPTURE(unexport);
        OneLine on;
        Reader reader(on);
        on.drive_and_sample(true);
        if (unexport) {
            on.chip->unexport_line(0);
        } else {
            on.chip->kill();
        }
        CHECK(on.chip->armed() == 0);
        const auto state = reader.queue.ask(EventQueue::Sleeper::read, nullptr);
        CHECK(state.waiting);
        CHECK(state.ended);
        CHECK(reader.edges() == "r");
        EventQueue late;
        CHECK(errno_of([&] { on.line->add_reader(late, {}); }) == ENODEV);
    }
}

TEST_CASE("readers: closing a file of a line that was unexported leaves its successor armed") {
    OneLine on;
    auto old = std::make_unique<Reader>(on);
    on.chip->unexport_line(0);
    const auto before = std::exchange(on.line, on.chip->export_line(0, 2));
    EventQueue queue;
    on.add(queue);
    before->remove_reader(old->queue);
    on.drive_and_sample(true);
    CHECK(queue.take());
    on.line->remove_reader(queue);
    CHECK(on.chip->armed() == 0);
}

TEST_CASE("readers: an output has none, and refusing edge on one shows both again") {
    OneLine on;
    REQUIRE_FALSE(set_edge(on.rig, *on.line, Edge::falling));
    Reader reader(on);
    REQUIRE_FALSE(change_pins(on.chip->bus(), on.line->output_change(false), on.rig.deadline()));
    EventQueue late;
    CHECK(errno_of([&] { on.line->add_reader(late, on.sample()); }) == EIO);
    CHECK(set_edge(on.rig, *on.line, Edge::rising).value() == EIO);
    REQUIRE_FALSE(change_pins(on.chip->bus(), on.line->input_change(), on.rig.deadline()));
    on.drive_and_sample(true);
    on.drive_and_sample(false);
    CHECK(reader.edges() == "rf");
}
