// SPDX-License-Identifier: MIT
#include "poll/poll_workers.h"

#include "poll/retired_chip.h"
#include "rig.h"
#include "support/wait.h"
#include "threads_named.h"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>
#include <vector>

using namespace gpiofs;
using namespace gpiofs::test;
using namespace std::chrono_literals;
using gpio::Edge;

namespace {

/// A chip whose arming starts and retires workers, as in the program.
class Sampled final : public gpio::ChipObserver {
  public:
    explicit Sampled(std::chrono::microseconds interval = 1ms, unsigned boards = 1)
        : rig(clock, boards == 1 ? std::initializer_list<std::string>{"FT2232H"}
                                 : std::initializer_list<std::string>{"FT2232H", "FT232H"}),
          workers(reclaim, clock, rig.timeout),
          chip(rig.chip(*this, 0, interval)),
          line(chip->export_line(0, 1)) {
        drive(false);
        line->value_events().attach(file_);
        line->value_events().mark_seen(file_);
    }
    ~Sampled() override {
        line->value_events().detach(file_);
        chip->kill();
        reclaim.drain();
    }

    void work_changed(const std::shared_ptr<gpio::Chip>& changed) noexcept override {
        workers.update(changed);
    }
    void need_worker(const std::shared_ptr<gpio::Chip>& needing) override { workers.need(needing); }
    void board_lost(const gpio::ChipInfo& /*chip*/) noexcept override { ++losses; }

    void drive(bool level) { rig.bench.write(0, "adbus0/drive", level ? "1" : "0"); }
    void arm(Edge edge) { CHECK_FALSE(set_edge(rig, *line, edge)); }
    /// Whether the pin's moving to `level` is reported by somebody's sampling.
    bool fires_for(bool level) {
        drive(level);
        const bool fired = wait_until([this] { return line->value_events().poll(file_, nullptr); });
        line->value_events().mark_seen(file_);
        return fired;
    }
    std::uint64_t transfers() { return rig.board().counters().out_transfers; }
    /// Until `count` more round trips have been made.
    bool sampled(std::uint64_t count) {
        const auto wanted = transfers() + count;
        return wait_until([&] { return transfers() >= wanted; });
    }
    /// Whether that many workers are left once all retired ones are gone. A thread that has been
    /// joined may still be listed for a moment.
    bool alive(int workers_left) {
        reclaim.drain();
        return wait_until([=] { return threads_named("poll") == workers_left; });
    }

    SystemClock clock;
    Rig rig;
    poll::ReclaimList reclaim;
    poll::PollWorkers workers;
    std::atomic<int> losses = 0;
    std::shared_ptr<gpio::Chip> chip;
    std::shared_ptr<gpio::Line> line;

  private:
    gpio::Subscription file_;
};

}  // namespace

TEST_CASE("poll worker: there is one while a line is armed, and none otherwise") {
    Sampled on;
    CHECK(on.alive(0));
    on.arm(Edge::both);
    CHECK(wait_until([] { return threads_named("poll") == 1; }));
    const auto other = on.chip->export_line(9, 2);
    CHECK_FALSE(set_edge(on.rig, *other, Edge::rising));
    CHECK(on.alive(1));
    on.arm(Edge::none);
    CHECK(on.alive(1));
    on.chip->unexport_line(9);
    CHECK(on.alive(0));
    const auto before = on.transfers();
    const TimePoint end = on.clock.now() + 20ms;
    CHECK(wait_until([&] { return on.clock.now() > end; }));
    CHECK(on.transfers() == before);
}

TEST_CASE("poll worker: edges are found without anybody reading") {
    Sampled on;
    on.arm(Edge::both);
    for (int i = 0; i < 20; ++i) {
        CHECK(on.fires_for(i % 2 == 0));
    }
}

TEST_CASE("poll worker: two hundred times armed and disarmed leaves no thread behind") {
    Sampled on;
    for (int i = 0; i < 200; ++i) {
        on.arm(i % 2 == 0 ? Edge::both : Edge::rising);
        on.arm(Edge::none);
    }
    CHECK(on.alive(0));
}

TEST_CASE("poll worker: arming again while the old one is reclaimed ends with one sampling") {
    Sampled on;
    // The old worker cannot end: its sample stands on the wire.
    on.arm(Edge::both);
    for (int i = 0; i < 20; ++i) {
        on.rig.tap->hold();
        CHECK(wait_until([&] { return on.rig.tap->somebody_held(); }));
        on.arm(Edge::none);
        std::thread rearm([&] { on.arm(Edge::both); });
        on.rig.tap->release();
        rearm.join();
        CHECK(on.fires_for(i % 2 == 0));
    }
    CHECK(on.alive(1));
}

TEST_CASE("poll worker: arming from many threads ends with one worker or none") {
    Sampled on;
    for (const bool armed_at_last : {true, false}) {
        std::vector<std::thread> threads;
        for (unsigned offset = 1; offset <= 4; ++offset) {
            const auto line =
                armed_at_last ? on.chip->export_line(offset, offset + 1) : on.chip->line(offset);
            threads.emplace_back([&on, line, armed_at_last] {
                for (int i = 0; i < 100; ++i) {
                    set_edge(on.rig, *line, i % 2 == 0 ? Edge::both : Edge::none);
                }
                set_edge(on.rig, *line, armed_at_last ? Edge::both : Edge::none);
            });
        }
        for (std::thread& thread : threads) {
            thread.join();
        }
        CHECK(on.alive(armed_at_last ? 1 : 0));
    }
}

TEST_CASE("poll worker: another interval takes effect at once") {
    Sampled on(std::chrono::hours(1));
    const auto before = on.transfers();
    on.arm(Edge::both);
    // Arming takes one round trip, the worker's first sample another.
    CHECK(wait_until([&] { return on.transfers() == before + 2; }));
    on.chip->set_sample_interval(1ms);
    CHECK(on.fires_for(true));
    CHECK(on.sampled(3));
    on.chip->set_sample_interval(0us);
    CHECK(on.sampled(1000));
    // The longest again: the worker that sleeps for it still ends at once.
    on.chip->set_sample_interval(std::chrono::hours(1));
    on.arm(Edge::none);
    CHECK(on.alive(0));
}

TEST_CASE("poll worker: unplugging while it samples ends it") {
    Sampled on(0us);
    on.arm(Edge::both);
    CHECK(on.sampled(10));
    on.rig.bench.write(0, "plugged", "0");
    CHECK(wait_until([&] { return on.losses > 0; }));
    on.chip->kill();
    CHECK(on.alive(0));
    CHECK(on.line->dead());
}

TEST_CASE("poll worker: a board that is gone is not asked in a loop") {
    Sampled on(0us);
    on.arm(Edge::both);
    on.rig.bench.write(0, "plugged", "0");
    CHECK(wait_until([&] { return on.losses > 0; }));
    const int losses = on.losses;
    const auto writes = on.rig.tap->writes().size();
    // Long against the interval of nothing that it had before.
    const TimePoint end = on.clock.now() + 50ms;
    CHECK(wait_until([&] { return on.clock.now() > end; }));
    CHECK(on.losses == losses);
    CHECK(on.rig.tap->writes().size() <= writes + 1);
}

TEST_CASE("poll worker: told to look again at a board that is gone, it does so once") {
    Sampled on;
    on.arm(Edge::both);
    on.rig.bench.write(0, "plugged", "0");
    CHECK(wait_until([&] { return on.losses > 0; }));
    // Until its owner takes it down, the chip may be armed again or get another interval.
    for (int i = 0; i < 3; ++i) {
        const int losses = on.losses;
        on.chip->set_sample_interval(std::chrono::milliseconds(2 + i));
        CHECK(wait_until([&] { return on.losses > losses; }));
    }
}

TEST_CASE("poll worker: a sample that fails is tried again, and edges are found afterwards") {
    Sampled on;
    on.arm(Edge::both);
    on.rig.bench.write(0, "fault", "stall 1");
    CHECK(on.fires_for(true));
    on.rig.bench.write(0, "fault", "power-loss 1");
    CHECK(on.fires_for(false));
}

TEST_CASE("poll worker: edges are seen while eight writers keep the bus busy") {
    Sampled on;
    on.arm(Edge::both);
    std::atomic<bool> stop = false;
    std::atomic<int> failed = 0;
    std::vector<std::thread> writers;
    for (unsigned offset = 8; offset < 16; ++offset) {
        writers.emplace_back([&, offset] {
            for (unsigned i = 0; !stop; ++i) {
                const auto error =
                    change_pins(on.chip->bus(), output(offset, i % 2 == 0), on.rig.deadline());
                failed += error ? 1 : 0;
            }
        });
    }
    for (int i = 0; i < 20; ++i) {
        CHECK(on.fires_for(i % 2 == 0));
    }
    stop = true;
    for (std::thread& writer : writers) {
        writer.join();
    }
    CHECK(failed == 0);
}

TEST_CASE("poll worker: a silent board's does not keep another board's from sampling") {
    Sampled on(1ms, 2);
    const auto other = on.rig.chip(on, 1, 1ms);
    const auto line = other->export_line(0, 7);
    on.arm(Edge::both);
    CHECK_FALSE(set_edge(on.rig, *line, Edge::both));
    CHECK(wait_until([] { return threads_named("poll") == 2; }));
    on.rig.bench.write(0, "fault", "timeout -1");
    gpio::Subscription file;
    line->value_events().attach(file);
    for (int i = 0; i < 5; ++i) {
        line->value_events().mark_seen(file);
        on.rig.bench.write(1, "adbus0/drive", i % 2 == 0 ? "0" : "1");
        CHECK(wait_until([&] { return line->value_events().poll(file, nullptr); }, 500ms));
    }
    line->value_events().detach(file);
    other->kill();
}

TEST_CASE("retired chip: its engine is left as asked although its last transfer hung") {
    SystemClock clock;
    Rig rig(clock);
    ChipLog log;
    poll::ReclaimList reclaim;
    const auto chip = rig.chip(log);
    CHECK_FALSE(change_pins(chip->bus(), output(8, false), rig.deadline()));
    rig.bench.write(0, "fault", "timeout -1");
    rig.tap->forget();
    const auto job = read_job(mpsse::Banks::low, TimePoint::max());
    std::thread reader([&] { chip->bus().submit(job); });
    CHECK(wait_until([&] { return !rig.tap->writes().empty(); }));
    chip->kill();
    reclaim.push(
        std::make_unique<poll::RetiredChip>(chip, gpio::OnExit::reset, clock, rig.timeout));
    reclaim.drain();
    reader.join();
    CHECK(job->result().error.value() == ENODEV);
    // An input again, pulled up; and the interface is free for others.
    CHECK(rig.board().level({0, 8}));
    CHECK(rig.bench.boards().at(0)->open(0, {}) != nullptr);
}
