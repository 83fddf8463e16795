// SPDX-License-Identifier: MIT
#include "held_bus.h"
#include "support/manual_clock.h"

#include <doctest/doctest.h>

#include <atomic>
#include <cerrno>
#include <thread>

using namespace gpiofs;
using namespace gpiofs::test;

TEST_CASE("bus: an access costs the transfers it must and no more") {
    ManualClock clock;  // a write costs an IN more once the chip's last answer is a second old
    Rig rig(clock);
    BusLog log;
    gpio::Bus bus(rig.started(), clock);
    bus.observe(log);
    const auto cost = [&](const gpio::PinChange& change, mpsse::Banks reads) {
        const auto before = rig.board().counters();
        const auto job = change_job(change, rig.deadline());
        job->reads = reads;
        bus.submit(job);
        CHECK_FALSE(job->result().error);
        return since(before, rig.board().counters());
    };
    const auto check = [](const sim::Counters& found, unsigned out, unsigned in, unsigned opcodes) {
        CHECK(found.out_transfers == out);
        CHECK(found.in_transfers == in);
        CHECK(found.opcodes == opcodes);
        CHECK(found.control_transfers == 0);
    };
    check(cost({}, mpsse::Banks::low), 1, 1, 2);
    check(cost({}, mpsse::Banks::both), 1, 1, 3);
    check(cost(output(3, true), mpsse::Banks::none), 1, 0, 2);
    check(cost(output(11, true), mpsse::Banks::none), 1, 0, 2);
    check(cost(output(11, false), mpsse::Banks::high), 1, 1, 3);
}

TEST_CASE("bus: jobs that come while it is held share one round trip") {
    HeldBus held;
    held.log.watched_lines = 0xffff;
    std::vector<std::shared_ptr<TestJob>> readers;
    for (int i = 0; i < 20; ++i) {
        readers.push_back(
            read_job(i % 2 == 0 ? mpsse::Banks::low : mpsse::Banks::high, held.rig.deadline()));
        held.bus.submit(readers.back());
    }
    CHECK(readers.front()->answers() == 0);
    held.finish();
    for (const auto& reader : readers) {
        const auto result = reader->result();
        CHECK_FALSE(result.error);
        CHECK(result.sample.valid == 0xffff);
        CHECK(result.sample.levels == 0xffff);
    }
    const auto cost = since(held.before, held.rig.board().counters());
    CHECK(cost.out_transfers == 2);
    CHECK(cost.in_transfers == 2);
    CHECK(held.log.samples == 2);
}

TEST_CASE("bus: every queued toggle reaches the wire, in the order it came") {
    HeldBus held;
    constexpr unsigned toggles = 10;
    std::vector<std::shared_ptr<TestJob>> writers;
    Bytes wanted;
    for (unsigned i = 0; i < toggles; ++i) {
        writers.push_back(change_job(output(0, i % 2 == 0), held.rig.deadline()));
        held.bus.submit(writers.back());
        const Bytes set = {0x80, static_cast<std::uint8_t>(i % 2 == 0 ? 1 : 0), 0x01};
        wanted.insert(wanted.end(), set.begin(), set.end());
    }
    wanted.push_back(0x87);
    held.finish();
    CHECK(held.rig.tap->writes().at(1) == wanted);
    // The first job's two, then one per toggle and a send-immediate.
    CHECK(since(held.before, held.rig.board().counters()).opcodes == 2 + toggles + 1);
    CHECK(held.log.shadow() == mpsse::PortState{0, 1});
}

TEST_CASE("bus: a queued read sees the writes that were queued before it") {
    HeldBus held;
    held.rig.bench.write(0, "wires", "adbus0 acbus0");
    held.bus.submit(change_job(output(0, false), held.rig.deadline()));
    const auto reader = read_job(mpsse::Banks::high, held.rig.deadline());
    held.bus.submit(reader);
    held.finish();
    CHECK((reader->result().sample.levels & 0x0100) == 0);
}

TEST_CASE("bus: a job whose deadline passed in the queue is refused without a transfer") {
    HeldBus held;
    const auto late = read_job(mpsse::Banks::low, held.clock.now());
    const auto good = read_job(mpsse::Banks::low, held.rig.deadline());
    held.bus.submit(late);
    held.bus.submit(good);
    held.finish();
    CHECK(late->result().error.value() == ETIMEDOUT);
    CHECK_FALSE(good->result().error);
}

TEST_CASE("bus: each change is followed by a sample while lines are watched") {
    HeldBus held;
    held.log.watched_lines = 0x0002;
    held.rig.bench.write(0, "wires", "adbus0 adbus1");
    std::vector<std::shared_ptr<TestJob>> writers;
    for (const bool level : {true, false, true}) {
        writers.push_back(change_job(output(0, level), held.rig.deadline()));
        held.bus.submit(writers.back());
    }
    held.finish();
    for (const auto& writer : writers) {
        CHECK_FALSE(writer->result().error);
    }
    const auto cost = since(held.before, held.rig.board().counters());
    CHECK(cost.out_transfers == 2);  // the first job's, and one for all three
    CHECK(cost.in_transfers == 2);
    CHECK(held.log.levels() == std::vector<mpsse::PinMask>{0x00ff, 0x00ff, 0x00fc, 0x00ff});
}

TEST_CASE("bus: a writer does not wait for the sample behind its change") {
    SystemClock clock;
    Rig rig(clock);
    BusLog log;
    log.watched_lines = 0x0001;
    gpio::Bus bus(rig.started(), clock);
    bus.observe(log);
    rig.bench.write(0, "fault", "status-only -1");
    const auto writer = change_job(output(0, false), clock.now() + std::chrono::seconds(20));
    std::thread holder([&] { bus.submit(writer); });
    CHECK(wait_until([&] { return writer->answers() == 1; }));
    CHECK_FALSE(writer->result().error);
    CHECK(log.samples == 0);
    rig.bench.write(0, "fault", "0");
    holder.join();
    CHECK(log.levels() == std::vector<mpsse::PinMask>{0x00fe});
}

TEST_CASE("bus: closing answers ENODEV to all, and the engine can be retired") {
    HeldBus held;
    const auto queued = read_job(mpsse::Banks::low, held.rig.deadline());
    held.bus.submit(queued);
    held.bus.close();
    CHECK(queued->result().error.value() == ENODEV);
    CHECK(held.first->result().error.value() == ENODEV);
    const auto engine = held.bus.retire();
    REQUIRE(engine != nullptr);
    CHECK(read_pins(held.bus, mpsse::Banks::low, held.rig.deadline()).error.value() == ENODEV);
    // The board is still there: nobody has lost it.
    CHECK(held.log.losses == 0);
}

TEST_CASE("bus: what was queued is on the wire before those of the last round are answered") {
    /// Looks at the wire when it is answered.
    struct Witness final : TestJob {
        void done(const gpio::JobResult& result) noexcept override {
            writes = held->rig.tap->writes().size();
            TestJob::done(result);
        }
        HeldBus* held = nullptr;
        std::atomic<std::size_t> writes = 0;
    };
    HeldBus held;
    std::vector<std::shared_ptr<Witness>> witnesses;
    for (int i = 0; i < 3; ++i) {
        auto& witness = *witnesses.emplace_back(std::make_shared<Witness>());
        witness.held = &held;
        witness.reads = mpsse::Banks::low;
        witness.deadline = held.rig.deadline();
        held.bus.submit(witnesses.back());
    }
    // Comes when the witnesses are on the wire, and goes out before they are answered.
    const auto last = read_job(mpsse::Banks::high, held.rig.deadline());
    held.rig.tap->after_next_submit([&] { held.bus.submit(last); });
    held.finish();
    CHECK(last->result().sample.valid == 0xff00);
    for (const auto& witness : witnesses) {
        CHECK(witness->result().sample.valid == 0x00ff);
        CHECK(witness->writes == 3);
    }
}
