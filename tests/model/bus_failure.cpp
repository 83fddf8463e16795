// SPDX-License-Identifier: MIT
#include "held_bus.h"
#include "rig.h"
#include "support/manual_clock.h"
#include "support/wait.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <functional>
#include <string>
#include <thread>
#include <utility>

using namespace gpiofs;
using namespace gpiofs::test;

namespace {

/// A read of the low bank that knows how long it took from its start to its answer.
class TimedRead final : public TestJob {
  public:
    explicit TimedRead(const Clock& clock) : clock_(clock) { reads = mpsse::Banks::low; }

    void start(Duration timeout) {
        started_ = clock_.now();
        deadline = started_ + timeout;
    }
    void done(const gpio::JobResult& result) noexcept override {
        took_ = clock_.now() - started_;
        TestJob::done(result);
    }
    /// After the answer.
    Duration took() const { return took_; }

  private:
    const Clock& clock_;
    TimePoint started_;
    Duration took_{};
};

/// A read in whose place in bus order something else happens.
class Turn final : public TestJob {
  public:
    explicit Turn(std::function<void()> happens) : happens_(std::move(happens)) {
        reads = mpsse::Banks::low;
    }
    void in_order(const gpio::JobResult& /*result*/) noexcept override { happens_(); }

  private:
    const std::function<void()> happens_;
};

}  // namespace

TEST_CASE("bus: a change that follows a cut one on the other bank does not undo it") {
    ManualClock clock;
    Rig rig(clock);
    BusLog log;
    gpio::Bus bus(rig.started(), clock);
    bus.observe(log);
    rig.tap->cut_next_write(1);
    CHECK(change_pins(bus, output(0, false), rig.deadline()).value() == ETIMEDOUT);
    CHECK_FALSE(change_pins(bus, output(8, false), rig.deadline()));
    CHECK(log.shadow() == mpsse::PortState{0x0000, 0x0101});
    CHECK(rig.levels() == 0xfefe);
    CHECK_FALSE(change_pins(bus, output(1, false), rig.deadline()));
    CHECK(rig.levels() == 0xfefc);
}

TEST_CASE("bus: a read that completes a cut change tells of it") {
    ManualClock clock;
    Rig rig(clock);
    BusLog log;
    gpio::Bus bus(rig.started(), clock);
    bus.observe(log);
    rig.tap->cut_next_write(1);
    CHECK(change_pins(bus, output(0, false), rig.deadline()).value() == ETIMEDOUT);
    CHECK(log.shadow() == mpsse::PortState{});
    CHECK(read_pins(bus, mpsse::Banks::low, rig.deadline()).sample.levels == 0x00fe);
    CHECK(log.shadow() == mpsse::PortState{0x0000, 0x0001});
}

TEST_CASE("bus: a hundred readers of a silent board are answered within two deadlines") {
    SystemClock clock;
    Rig rig(clock, {"FT2232H", "FT232H"});
    BusLog log;
    gpio::Bus bus(rig.started(0), clock);
    bus.observe(log);
    BusLog other_log;
    gpio::Bus other(rig.started(1), clock);
    other.observe(other_log);
    rig.bench.write(0, "fault", "timeout -1");

    std::vector<std::shared_ptr<TimedRead>> readers;
    std::vector<std::thread> threads;
    std::atomic<bool> go = false;
    for (int i = 0; i < 100; ++i) {
        readers.push_back(std::make_shared<TimedRead>(clock));
        threads.emplace_back([&, job = readers.back()] {
            go.wait(false);
            job->start(rig.timeout);
            bus.submit(job);
        });
    }
    go = true;
    go.notify_all();
    // Meanwhile the other board works: its round trips take no deadline of the silent one's.
    int slow = 0;
    const bool answered = wait_until([&] {
        const TimePoint asked = clock.now();
        const auto error = read_pins(other, mpsse::Banks::low, rig.deadline()).error;
        slow += error || clock.now() - asked > rig.timeout / 2 ? 1 : 0;
        return std::all_of(readers.begin(), readers.end(),
                           [](const auto& reader) { return reader->answers() > 0; });
    });
    for (std::thread& thread : threads) {
        thread.join();
    }
    CHECK(answered);
    CHECK(slow == 0);
    for (const auto& reader : readers) {
        CHECK(reader->result().error.value() == ETIMEDOUT);
        CHECK(reader->answers() == 1);
        CHECK(reader->took() < 2 * rig.timeout);
    }
}

TEST_CASE("bus: a failed round fails at once what was queued behind it") {
    SystemClock clock;
    Rig rig(clock);
    BusLog log;
    gpio::Bus bus(rig.started(), clock);
    bus.observe(log);
    rig.tap->hold();
    rig.tap->cut_next_write(1);
    const auto first = change_job(output(0, false), rig.deadline());
    std::thread holder([&] { bus.submit(first); });
    const bool held = wait_until([&] { return rig.tap->somebody_held(); });
    const auto queued = read_job(mpsse::Banks::low, rig.deadline());
    bus.submit(queued);
    const auto before = rig.board().counters();
    rig.tap->release();
    holder.join();
    CHECK(held);
    CHECK(first->result().error.value() == ETIMEDOUT);
    CHECK(queued->result().error.value() == ETIMEDOUT);
    CHECK(since(before, rig.board().counters()).out_transfers == 1);
    CHECK(read_pins(bus, mpsse::Banks::low, rig.deadline()).sample.levels == 0x00fe);
}

TEST_CASE("bus: unplugging ends a transfer that waits, and is told") {
    SystemClock clock;
    Rig rig(clock);
    BusLog log;
    gpio::Bus bus(rig.started(), clock);
    bus.observe(log);
    rig.bench.write(0, "fault", "timeout -1");
    const auto job = read_job(mpsse::Banks::low, TimePoint::max());
    std::thread reader([&] { bus.submit(job); });
    const auto writes = [&] { return !rig.tap->writes().empty(); };
    CHECK(wait_until(writes));
    rig.bench.write(0, "plugged", "0");
    reader.join();
    CHECK(job->result().error.value() == ENODEV);
    CHECK(log.losses == 1);
}

TEST_CASE("bus: a round that began while another was answered fails as one alone does") {
    const std::string kinds[] = {"timeout", "stall",         "short", "status-only", "nak",
                                 "cut",     "endpoint-gone", "late",  "power-loss"};
    // Faults that stay silent take as long, twice each.
    constexpr auto limit = std::chrono::milliseconds(250);
    for (const std::string& kind : kinds) {
        CAPTURE(kind);
        HeldBus held;
        const auto job = [&] {
            auto made = change_job(output(1, false), held.rig.deadline());
            made->reads = mpsse::Banks::low;
            return made;
        };
        const auto fail_from_now_on = [&] { held.rig.bench.write(0, "fault", kind + " -1"); };
        const auto turn = std::make_shared<Turn>(fail_from_now_on);
        turn->deadline = held.rig.deadline();
        held.rig.timeout = limit;
        std::shared_ptr<TestJob> early;
        held.bus.submit(turn);
        held.rig.tap->after_next_submit([&] {
            early = job();
            held.bus.submit(early);
        });
        held.finish();
        REQUIRE(early);
        const auto error = early->result().error;
        CHECK(held.rig.tap->writes().at(2) == Bytes{0x80, 0x00, 0x02, 0x81, 0x87});

        const auto recovers = [&] {
            held.rig.bench.write(0, "fault", "timeout 0");
            held.rig.timeout = std::chrono::seconds(1);
            const auto read = read_pins(held.bus, mpsse::Banks::both, held.rig.deadline());
            CHECK_FALSE(read.error);
            CHECK(read.sample.levels == held.rig.levels());
            CHECK(((held.rig.levels() & 2) == 0) == ((held.log.shadow().outputs & 2) != 0));
            held.rig.timeout = limit;
        };
        recovers();
        fail_from_now_on();
        const auto alone = job();
        held.bus.submit(alone);
        CHECK(alone->result().error == error);
        CHECK(error);
        recovers();
    }
}
