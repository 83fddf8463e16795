// SPDX-License-Identifier: MIT
#include "daemon/arrivals.h"

#include "base/error.h"
#include "support/manual_clock.h"
#include "support/wait.h"

#include <doctest/doctest.h>

#include <atomic>
#include <cerrno>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

using namespace gpiofs;
using namespace gpiofs::test;
using daemon::Arrivals;

namespace {

/// A board that nobody can open; the tests open none.
class NamedBoard final : public transport::Board {
  public:
    explicit NamedBoard(std::string path) { info_.path = std::move(path); }
    const transport::BoardInfo& info() const noexcept override { return info_; }
    std::string holder(unsigned /*number*/) const override { return {}; }
    std::unique_ptr<transport::Transport> open(unsigned /*number*/,
                                               const transport::OpenOptions& /*options*/) override {
        throw_errno(ENODEV, "not a board");
    }

  private:
    transport::BoardInfo info_;
};

std::shared_ptr<transport::Board> board(const std::string& path) {
    return std::make_shared<NamedBoard>(path);
}

/// Who serves the boards: fails the next `failures` tries with `error`, and writes down all calls.
class Server {
  public:
    void open(const transport::Board& board) {
        const std::lock_guard lock(mutex_);
        log_.push_back("open " + board.info().path);
        if (failures > 0) {
            --failures;
            throw_errno(error, "open " + board.info().path);
        }
        log_.push_back("opened " + board.info().path);
    }
    void left(const std::string& path) {
        const std::lock_guard lock(mutex_);
        log_.push_back("left " + path);
    }
    std::vector<std::string> log() const {
        const std::lock_guard lock(mutex_);
        return log_;
    }
    bool says(const std::string& line) const {
        const auto lines = log();
        return std::find(lines.begin(), lines.end(), line) != lines.end();
    }
    long count(const std::string& line) const {
        const auto lines = log();
        return std::count(lines.begin(), lines.end(), line);
    }

    std::atomic<int> failures = 0;
    int error = EACCES;

  private:
    mutable std::mutex mutex_;
    std::vector<std::string> log_;
};

/// Arrivals in front of a server.
struct Gate {
    Server server;
    ManualClock clock;
    Arrivals arrivals{[this](const auto& board) { server.open(*board); },
                      [this](const auto& path) { server.left(path); }, clock};
};

}  // namespace

TEST_CASE("permission that comes late is waited for") {
    Gate gate;
    gate.server.failures = 3;
    const TimePoint start = gate.clock.now();
    gate.arrivals.board_arrived(board("1-1"));
    gate.arrivals.start();
    REQUIRE(wait_until([&] { return gate.server.says("opened 1-1"); }));
    CHECK(gate.server.count("open 1-1") == 4);
    CHECK(gate.clock.now() - start >= 3 * Arrivals::pause);
    CHECK(gate.clock.now() - start < Arrivals::patience);
}

TEST_CASE("permission that does not come is given up in time, and the next board is opened") {
    Gate gate;
    const auto tries = static_cast<int>(Arrivals::patience / Arrivals::pause);
    gate.server.failures = tries + 1;
    gate.arrivals.start();
    gate.arrivals.board_arrived(board("1-1"));
    REQUIRE(wait_until([&] { return gate.server.failures == 0; }));
    gate.arrivals.board_arrived(board("1-2"));
    REQUIRE(wait_until([&] { return gate.server.says("opened 1-2"); }));
    CHECK(gate.server.count("open 1-1") == tries + 1);
    CHECK_FALSE(gate.server.says("opened 1-1"));
}

TEST_CASE("a board that has gone again is not tried again") {
    Gate gate;
    SUBCASE("says the board") {
        gate.server.failures = 1;
        gate.server.error = ENODEV;
        gate.arrivals.start();
        gate.arrivals.board_arrived(board("1-1"));
        REQUIRE(wait_until([&] { return gate.server.failures == 0; }));
    }
    SUBCASE("says the source") {
        gate.arrivals.board_arrived(board("1-1"));
        gate.arrivals.board_left("1-1");
        CHECK(gate.server.log() == std::vector<std::string>{"left 1-1"});
        gate.arrivals.start();
    }
    gate.arrivals.board_arrived(board("1-2"));
    REQUIRE(wait_until([&] { return gate.server.says("opened 1-2"); }));
    CHECK_FALSE(gate.server.says("opened 1-1"));
    CHECK(gate.server.count("open 1-1") <= 1);
}

TEST_CASE("nothing is opened before the start nor after the end") {
    Gate gate;
    gate.arrivals.board_arrived(board("1-1"));
    CHECK(gate.server.log().empty());
    SUBCASE("started") {
        gate.server.failures = 1'000'000'000;
        gate.arrivals.start();
        REQUIRE(wait_until([&] { return gate.server.says("open 1-1"); }));
    }
    SUBCASE("never started") {}
    gate.arrivals.stop();
    const auto before = gate.server.log();
    gate.arrivals.board_arrived(board("1-2"));
    CHECK(gate.server.log() == before);
}

TEST_CASE("a departure is heard of while another board is being opened") {
    std::atomic<bool> opening = false;
    std::atomic<bool> go_on = false;
    std::atomic<bool> heard = false;
    ManualClock clock;
    Arrivals arrivals(
        [&](const auto&) {
            opening = true;
            wait_until([&] { return go_on.load(); });
        },
        [&](const auto& path) { heard = path == "1-2"; }, clock);
    arrivals.start();
    arrivals.board_arrived(board("1-1"));
    REQUIRE(wait_until([&] { return opening.load(); }));
    arrivals.board_left("1-2");
    CHECK(heard);
    go_on = true;
}
