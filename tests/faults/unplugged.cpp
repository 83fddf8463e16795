// SPDX-License-Identifier: MIT
// The plug is pulled while lines are read, written, and polled: by the whole of the daemon below
// the front end, once, three times, and for good.
#include "base/clock.h"
#include "daemon/board_manager.h"
#include "faults/log_lines.h"
#include "faults/matrix.h"
#include "model/rig.h"
#include "sim/bench.h"
#include "support/counted_wakeup.h"
#include "support/wait.h"

#include <doctest/doctest.h>

#include <atomic>
#include <cerrno>
#include <memory>
#include <thread>

using namespace gpiofs;
using namespace gpiofs::test;

namespace {

/// One virtual board on the table, and who serves it.
class Table {
  public:
    explicit Table(std::chrono::microseconds interval) {
        bench.add({.chip = "FT2232H",
                   .vendor = {},
                   .product = {},
                   .serial = {},
                   .usb = {},
                   .engine_ns = {}});
        spec::BoardSpec word;
        word.kind = spec::BoardSpec::Kind::simulated;
        options.boards.push_back(word);
        options.sample_interval = interval;
        bench.watch(manager);
        manager.arrive(bench.boards().at(0));
    }
    ~Table() {
        bench.stop_watching();
        manager.close();
    }
    Table(const Table&) = delete;
    Table& operator=(const Table&) = delete;

    cli::Options options;
    SystemClock clock;
    sim::Bench bench{clock};
    gpio::Registry registry;
    poll::ReclaimList reclaim;
    daemon::BoardManager manager{options, registry, reclaim, clock,
                                 [](const auto&) { return cli::MountsItself::no; }};
};

/// An exported line that is polled, while a thread changes another one.
class User {
  public:
    User(Table& table, const std::shared_ptr<gpio::Chip>& chip)
        : table_(table), line_(chip->export_line(5, ++exports_)) {
        const auto now = read_pins(chip->bus(), mpsse::Banks::both, deadline());
        REQUIRE_FALSE(now.error);
        line_->set_edge(gpio::Edge::both, &now.sample);
        line_->value_events().attach(poller_);
        line_->value_events().mark_seen(poller_);
        REQUIRE_FALSE(line_->value_events().poll(poller_, std::make_unique<CountedWakeup>(woken)));
        writer_ = std::thread([this, chip] {
            for (bool level = false; error_ == 0; level = !level) {
                error_ = change_pins(chip->bus(), output(9, level), deadline()).value();
            }
        });
    }
    ~User() {
        writer_.join();
        line_->value_events().detach(poller_);
    }
    User(const User&) = delete;
    User& operator=(const User&) = delete;

    /// What the last write was told.
    bool told_that_it_is_gone() const {
        return wait_until([this] { return error_ != 0; }) && error_ == ENODEV;
    }
    bool line_is_gone() const { return line_->dead(); }

    std::atomic<int> woken = 0;

  private:
    TimePoint deadline() const { return table_.clock.now() + patience; }

    static std::uint64_t exports_;
    Table& table_;
    const std::shared_ptr<gpio::Line> line_;
    gpio::Subscription poller_;
    std::atomic<int> error_ = 0;
    std::thread writer_;
};

std::uint64_t User::exports_ = 0;

}  // namespace

TEST_CASE("who waits for lines of a board that is unplugged is woken, and it is said once") {
    for (const auto interval : {std::chrono::microseconds(1000), std::chrono::microseconds(0)}) {
        for (const int times : {1, 3}) {
            CAPTURE(interval.count());
            CAPTURE(times);
            const LogLines log;
            Table table(interval);
            for (int i = 0; i < times; ++i) {
                const auto chip = table.registry.chips().at(0);
                User user(table, chip);
                table.bench.write(0, "plugged", "0");
                CHECK(wait_until([&] { return user.woken == 1; }));
                CHECK(user.told_that_it_is_gone());
                CHECK(user.line_is_gone());
                CHECK(table.registry.chips().empty());
                table.bench.write(0, "plugged", "1");
                REQUIRE(table.registry.chips().size() == 1);
                CHECK(table.registry.chips().at(0)->lines().empty());
                CHECK(table.registry.chips().at(0)->info().base == chip->info().base);
            }
            const std::vector<std::string> unplugged(static_cast<std::size_t>(times), "unplugged");
            CHECK(log.about("sim0") == unplugged);
        }
    }
}
