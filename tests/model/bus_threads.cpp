// SPDX-License-Identifier: MIT
#include "rig.h"
#include "support/wait.h"

#include <doctest/doctest.h>

#include <atomic>
#include <cerrno>
#include <thread>
#include <vector>

using namespace gpiofs;
using namespace gpiofs::test;

TEST_CASE("bus: a read after a write never shows the past, from many threads at once") {
    SystemClock clock;
    Rig rig(clock);
    BusLog log;
    gpio::Bus bus(rig.started(), clock);
    bus.observe(log);
    // Each thread has a pair of its own: ADBUSn drives ACBUSn.
    rig.bench.write(0, "wires",
                    "adbus0 acbus0\nadbus1 acbus1\nadbus2 acbus2\nadbus3 acbus3\n"
                    "adbus4 acbus4\nadbus5 acbus5\nadbus6 acbus6\nadbus7 acbus7\n");
    std::atomic<int> wrong = 0;
    std::vector<std::thread> threads;
    for (unsigned pair = 0; pair < 8; ++pair) {
        threads.emplace_back([&, pair] {
            for (int i = 0; i < 500; ++i) {
                const bool level = i % 2 == 0;
                const auto written = change_pins(bus, output(pair, level), rig.deadline());
                const auto read = read_pins(bus, mpsse::Banks::high, rig.deadline());
                const bool seen = (read.sample.levels >> (8 + pair) & 1U) != 0;
                wrong += written || read.error || seen != level ? 1 : 0;
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    CHECK(wrong == 0);
}

TEST_CASE("bus: under a storm of jobs and an unplug every job ends exactly once") {
    SystemClock clock;
    Rig rig(clock);
    BusLog log;
    gpio::Bus bus(rig.started(), clock);
    bus.observe(log);
    std::atomic<int> wrong = 0;
    std::atomic<unsigned> ended = 0;
    std::vector<std::thread> threads;
    constexpr unsigned jobs = 400;
    constexpr unsigned pairs = 4;
    for (unsigned pair = 0; pair < pairs; ++pair) {
        threads.emplace_back([&, pair] {
            for (unsigned i = 0; i < jobs; ++i) {
                const auto job = change_job(output(pair, i % 2 == 0), rig.deadline());
                job->reads = mpsse::Banks::both;
                bus.submit(job);
                const bool answered = wait_until([&] { return job->answers() >= 1; });
                wrong += answered && job->answers() == 1 ? 0 : 1;
                if (answered) {
                    const int error = job->result().error.value();
                    wrong += error == 0 || error == ENODEV ? 0 : 1;
                }
                ++ended;
            }
        });
    }
    CHECK(wait_until([&] { return ended > pairs * jobs / 2; }));
    rig.bench.write(0, "plugged", "0");
    bus.close();
    for (std::thread& thread : threads) {
        thread.join();
    }
    CHECK(wrong == 0);
    CHECK(bus.retire() != nullptr);
}
