// SPDX-License-Identifier: MIT
#include "stream_rig.h"

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <random>
#include <vector>

using namespace gpiofs;
using namespace gpiofs::test;
using std::chrono::microseconds;
using std::chrono::milliseconds;

namespace {

/// From the fastest to the slowest engine that anything published suggests.
constexpr std::array<std::uint32_t, 5> engine_speeds = {150, 500, 1000, 3000, 6500};

/// When the engine's speed has been measured and two batches are under way.
constexpr auto warm_up = milliseconds(20);

}  // namespace

TEST_CASE(
    "stream: no pulse longer than four ideal periods is missed, at random widths and phases") {
    for (const std::uint32_t engine_ns : engine_speeds) {
        CAPTURE(engine_ns);
        StreamRig rig(paced_board(engine_ns));
        std::mt19937 random(engine_ns);
        std::uniform_int_distribution<std::uint32_t> width(4 * engine_ns, 12 * engine_ns);
        std::vector<TimePoint> moves;
        TimePoint at = rig.clock.now() + warm_up;
        bool level = false;
        for (int move = 0; move < 4000; ++move) {
            level = !level;
            moves.push_back(at);
            rig.clock.at(at, [&rig, level] { rig.drive(level); });
            at += Duration(width(random));
        }
        REQUIRE_FALSE(rig.stream(at - rig.clock.now() + milliseconds(1)));

        std::size_t seen = 0;
        Duration furthest{};
        while (const auto entry = rig.edges->take()) {
            REQUIRE(seen < moves.size());
            CHECK(entry->lost == 0);
            CHECK(entry->edge.rising == (seen % 2 == 0));
            furthest = std::max(furthest, std::chrono::abs(entry->edge.time - moves[seen]));
            ++seen;
        }
        CHECK(seen == moves.size());
        // Arrival tells the time of a sample, less what the engine has done since: to within a
        // batch.
        CHECK(furthest < microseconds(600));

        const gpio::SamplingReport report = rig.chip->sampling_report();
        CHECK(report.overruns == 0);
        CHECK(report.largest_gap <= 4 * Duration(engine_ns));
        CHECK(report.rate() > 0.9e9 / engine_ns);
    }
}

TEST_CASE("stream: a read costs at most 1.5 ms more than on an idle bus and never shows the past") {
    for (const std::uint32_t engine_ns : engine_speeds) {
        CAPTURE(engine_ns);
        StreamRig rig(paced_board(engine_ns));
        const TimePoint idle = rig.clock.now();
        REQUIRE_FALSE(read_pins(rig.chip->bus(), mpsse::Banks::low, rig.rig.deadline()).error);
        const Duration idle_time = rig.clock.now() - idle;

        class Read final : public TestJob {
          public:
            explicit Read(const Clock& clock) : clock_(clock), begun(clock.now()) {
                reads = mpsse::Banks::low;
            }
            void done(const gpio::JobResult& result) noexcept override {
                TestJob::done(result);
                took = clock_.now() - begun;
            }

          private:
            const Clock& clock_;

          public:
            TimePoint begun;
            Duration took{};
        };
        std::mt19937 random(engine_ns);
        std::uniform_int_distribution<int> pause_us(1, 3000);
        std::vector<std::shared_ptr<Read>> reads;
        std::vector<bool> levels;
        TimePoint at = rig.clock.now() + warm_up;
        for (int read = 0; read < 100; ++read) {
            const bool level = random() % 2 != 0;
            levels.push_back(level);
            rig.clock.at(at, [&rig, &reads, level] {
                // The level is there when the read begins, and stays until it is over.
                rig.drive(level);
                reads.push_back(std::make_shared<Read>(rig.clock));
                rig.chip->bus().submit(reads.back());
            });
            at += milliseconds(2) + microseconds(pause_us(random));
        }
        REQUIRE_FALSE(rig.stream(at - rig.clock.now()));

        REQUIRE(reads.size() == levels.size());
        Duration longest{};
        for (std::size_t n = 0; n < reads.size(); ++n) {
            const gpio::JobResult result = reads[n]->result();
            REQUIRE_FALSE(result.error);
            CHECK((result.sample.levels & 1) == (levels[n] ? 1 : 0));
            longest = std::max(longest, reads[n]->took);
        }
        CHECK(longest <= idle_time + microseconds(1500));
        CHECK(rig.chip->sampling_report().overruns == 0);
    }
}

TEST_CASE(
    "stream: every write reaches the wire, in order, and has been executed when it is answered") {
    StreamRig rig(paced_board(500));
    rig.rig.bench.write(0, "adbus0/drive", "z");
    rig.rig.bench.write(0, "wires", "adbus0 adbus1");
    unsigned level = 0;
    std::vector<std::shared_ptr<TestJob>> writes;
    for (int write = 0; write < 300; ++write) {
        rig.clock.in(warm_up + microseconds(130) * write, [&] {
            level ^= 1U;
            writes.push_back(change_job(output(1, level != 0), rig.rig.deadline()));
            rig.chip->bus().submit(writes.back());
        });
    }
    bool late = false;
    class Last final : public TestJob {
      public:
        Last(Rig& rig, bool& late) : rig_(rig), late_(late) {}
        void done(const gpio::JobResult& result) noexcept override {
            late_ = !rig_.board().level({0, 1});
            TestJob::done(result);
        }

      private:
        Rig& rig_;
        bool& late_;
    };
    const auto last = std::make_shared<Last>(rig.rig, late);
    last->change = output(1, true);
    last->deadline = TimePoint::max();
    rig.clock.in(warm_up + milliseconds(50), [&] { rig.chip->bus().submit(last); });
    REQUIRE_FALSE(rig.stream(warm_up + milliseconds(60)));

    for (const auto& write : writes) {
        CHECK_FALSE(write->result().error);
    }
    CHECK_FALSE(last->result().error);
    CHECK_FALSE(late);
    // Faster than anybody samples: the commands themselves tell.
    std::vector<bool> sent;
    for (const Bytes& batch : rig.rig.tap->writes()) {
        // Each SET is followed by a GET of its sample.
        for (std::size_t n = 0; n + 3 < batch.size() && batch[n] == 0x80; n += 4) {
            CHECK(batch[n + 3] == 0x81);
            sent.push_back((batch[n + 1] & 2) != 0);
        }
    }
    REQUIRE(sent.size() == writes.size() + 1);
    for (std::size_t n = 0; n < writes.size(); ++n) {
        CHECK(sent[n] == (n % 2 == 0));
    }
    CHECK(rig.rig.board().level({0, 0}));
}

TEST_CASE("stream: a line armed while others are streamed misses nothing from then on") {
    StreamRig rig(paced_board(150));
    // On the other bank, which nobody has asked for before.
    const auto second = rig.chip->export_line(9, 2);
    EdgeTaker other(*second);
    rig.rig.board().set_drive({0, 9}, sim::Drive::low);
    class Arm final : public TestJob {
      public:
        Arm(gpio::Line& line, std::function<void()> then) : line_(line), then_(std::move(then)) {
            reads = line.bank();
        }
        void in_order(const gpio::JobResult& result) noexcept override {
            line_.set_edge(gpio::Edge::both, &result.sample);
        }
        void done(const gpio::JobResult& result) noexcept override {
            TestJob::done(result);
            then_();
        }

      private:
        gpio::Line& line_;
        std::function<void()> then_;
    };
    std::size_t expected = 0;
    std::size_t seen = 0;
    for (int round = 0; round < 100; ++round) {
        rig.clock.in(warm_up + milliseconds(3) * round, [&] {
            rig.chip->bus().submit(std::make_shared<Arm>(*second, [&] {
                for (int move = 0; move < 20; ++move) {
                    rig.clock.in(Duration(1500) * (move + 1), [&rig, move] {
                        rig.rig.board().set_drive(
                            {0, 9}, move % 2 == 0 ? sim::Drive::high : sim::Drive::low);
                    });
                }
                expected += 20;
                rig.clock.in(milliseconds(2), [&] {
                    second->set_edge(gpio::Edge::none, nullptr);
                    while (other.take()) {
                        ++seen;
                    }
                });
            }));
        });
    }
    REQUIRE_FALSE(rig.stream(warm_up + milliseconds(305)));
    CHECK(expected == 2000);
    CHECK(seen == expected);
}

TEST_CASE("stream: the speed is measured once, and a second stream begins at full length") {
    StreamRig rig(paced_board(500));
    REQUIRE_FALSE(rig.stream(milliseconds(30)));
    rig.chip->begin_sampling();
    REQUIRE_FALSE(rig.stream(milliseconds(10)));
    CHECK(rig.chip->sampling_report().rate() > 0.9e9 / 500);
    CHECK(rig.chip->sampling_report().overruns == 0);
}

TEST_CASE("stream: it ends when there is nothing to stream, and the bus is free again") {
    StreamRig rig(paced_board(500));
    rig.clock.in(milliseconds(20),
                 [&] { rig.chip->set_sample_interval(std::chrono::microseconds(1000)); });
    REQUIRE_FALSE(rig.stream(milliseconds(500)));
    CHECK(rig.clock.now() < TimePoint(std::chrono::hours(1)) + milliseconds(30));
    const auto before = rig.rig.board().counters();
    REQUIRE_FALSE(read_pins(rig.chip->bus(), mpsse::Banks::low, rig.rig.deadline()).error);
    const auto done = since(before, rig.rig.board().counters());
    CHECK(done.out_transfers == 1);
    CHECK(done.in_transfers == 1);
}

TEST_CASE("stream: who waits for an edge is woken within half a millisecond, as a rule") {
    class Woken final : public gpio::Wakeup {
      public:
        Woken(const Clock& clock, TimePoint cause, std::vector<Duration>& delays)
            : clock_(clock), cause_(cause), delays_(delays) {}
        void notify() noexcept override { delays_.push_back(clock_.now() - cause_); }

      private:
        const Clock& clock_;
        TimePoint cause_;
        std::vector<Duration>& delays_;
    };
    // At 240 ns a batch ends just before a packet is full, and the next one fills it in time.
    for (const std::uint32_t engine_ns : {150U, 240U, 500U, 1000U, 3000U, 6500U}) {
        CAPTURE(engine_ns);
        StreamRig rig(paced_board(engine_ns));
        std::mt19937 random(engine_ns);
        std::uniform_int_distribution<int> pause_us(2000, 4000);
        std::vector<Duration> delays;
        gpio::Subscription file;
        rig.line->value_events().attach(file);
        TimePoint at = rig.clock.now() + warm_up;
        constexpr std::size_t edges = 200;
        for (std::size_t edge = 0; edge < edges; ++edge) {
            rig.clock.at(at, [&rig, &file, &delays, level = edge % 2 == 0] {
                rig.line->value_events().poll(
                    file, std::make_unique<Woken>(rig.clock, rig.clock.now(), delays));
                rig.drive(level);
            });
            at += microseconds(pause_us(random));
        }
        REQUIRE_FALSE(rig.stream(at - rig.clock.now()));
        rig.line->value_events().detach(file);
        REQUIRE(delays.size() == edges);
        std::sort(delays.begin(), delays.end());
        CHECK(delays[edges / 2] <= microseconds(500));
        CHECK(delays.back() <= milliseconds(1));
    }
}
