#include "held_bus.h"

#include <doctest/doctest.h>

#include <atomic>
#include <cerrno>
#include <thread>

using namespace gpiofs;
using namespace gpiofs::test;

TEST_CASE("bus: an access costs the transfers it must and no more") {
    SystemClock clock;
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

TEST_CASE("bus: a queued job that is cancelled is never done") {
    HeldBus held;
    const auto job = change_job(output(0, false), held.rig.deadline());
    held.bus.submit(job);
    CHECK(held.bus.cancel(*job, std::chrono::seconds(0)));
    held.finish();
    CHECK(job->answers() == 0);
    CHECK(held.rig.board().level({0, 0}));
    CHECK(since(held.before, held.rig.board().counters()).out_transfers == 1);
}

TEST_CASE("bus: a job in flight is cancelled after its grace, or finishes within it") {
    HeldBus held;
    SUBCASE("grace over") {
        CHECK(held.bus.cancel(*held.first, std::chrono::milliseconds(1)));
        held.finish();
        CHECK(held.first->answers() == 0);
    }
    SUBCASE("finished in time") {
        bool cancelled = true;
        std::thread canceller(
            [&] { cancelled = held.bus.cancel(*held.first, std::chrono::seconds(20)); });
        held.finish();
        canceller.join();
        CHECK_FALSE(cancelled);
        CHECK(held.first->answers() == 1);
    }
}

namespace {

/// Counts how often it was told that it waits, and may have enough of it.
struct Waiting final : TestJob {
    explicit Waiting(TimePoint until) {
        reads = mpsse::Banks::low;
        deadline = until;
    }
    void will_wait() noexcept override {
        ++told;
        given_up = bus != nullptr && bus->cancel(*this, std::chrono::seconds(0));
    }
    std::atomic<int> told = 0;
    /// Set: cancels itself.
    gpio::Bus* bus = nullptr;
    bool given_up = false;
};

}  // namespace

TEST_CASE("bus: who will wait is told once, and may give up there and then") {
    HeldBus held;
    SUBCASE("nobody waits for what ends at once") {
        held.finish();
        const auto quick = std::make_shared<Waiting>(held.rig.deadline());
        held.bus.submit(quick);
        CHECK(quick->answers() == 1);
        CHECK(quick->told == 0);
    }
    SUBCASE("behind others") {
        const auto queued = std::make_shared<Waiting>(held.rig.deadline());
        held.bus.submit(queued);
        CHECK(queued->told == 1);
        held.finish();
        CHECK_FALSE(queued->result().error);
        CHECK(queued->told == 1);
    }
    SUBCASE("behind others, given up") {
        const auto queued = std::make_shared<Waiting>(held.rig.deadline());
        queued->bus = &held.bus;
        held.bus.submit(queued);
        held.finish();
        CHECK(queued->given_up);
        CHECK(queued->answers() == 0);
        CHECK(since(held.before, held.rig.board().counters()).out_transfers == 1);
    }
    SUBCASE("for its own transfer") {
        held.finish();
        held.rig.bench.write(0, "fault", "timeout 1");
        const auto waiting =
            std::make_shared<Waiting>(held.clock.now() + std::chrono::milliseconds(50));
        SUBCASE("to the end") {
            held.bus.submit(waiting);
            CHECK(waiting->result().error.value() == ETIMEDOUT);
            CHECK(waiting->answers() == 1);
        }
        SUBCASE("given up") {
            waiting->bus = &held.bus;
            held.bus.submit(waiting);
            CHECK(waiting->given_up);
            CHECK(waiting->answers() == 0);
        }
        CHECK(waiting->told == 1);
        CHECK_FALSE(read_pins(held.bus, mpsse::Banks::low, held.rig.deadline()).error);
    }
    SUBCASE("until a board that fails is in step") {
        held.finish();
        held.rig.bench.write(0, "fault", "timeout 1");
        const auto soon = held.clock.now() + std::chrono::milliseconds(50);
        CHECK(read_pins(held.bus, mpsse::Banks::low, soon).error.value() == ETIMEDOUT);
        const auto waiting = std::make_shared<Waiting>(held.rig.deadline());
        held.bus.submit(waiting);
        CHECK_FALSE(waiting->result().error);
        CHECK(waiting->told == 1);
    }
}

TEST_CASE("bus: a finished job is not cancelled, and one not yet submitted is never done") {
    SystemClock clock;
    Rig rig(clock);
    BusLog log;
    gpio::Bus bus(rig.started(), clock);
    bus.observe(log);
    const auto finished = read_job(mpsse::Banks::low, rig.deadline());
    bus.submit(finished);
    CHECK_FALSE(bus.cancel(*finished, std::chrono::seconds(0)));
    const auto unsubmitted = read_job(mpsse::Banks::low, rig.deadline());
    CHECK(bus.cancel(*unsubmitted, std::chrono::seconds(0)));
    const auto before = rig.board().counters();
    bus.submit(unsubmitted);
    CHECK(unsubmitted->answers() == 0);
    CHECK(since(before, rig.board().counters()).out_transfers == 0);
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
