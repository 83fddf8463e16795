// SPDX-License-Identifier: MIT
#include "daemon/board_manager.h"

#include "base/clock.h"
#include "base/error.h"
#include "sim/bench.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <optional>
#include <string>

using namespace gpiofs;

namespace {

/// A virtual board that somebody else has, that is unplugged while it is being opened, or that
/// passes for a real one.
class OddBoard final : public transport::Board {
  public:
    explicit OddBoard(std::shared_ptr<transport::Board> board) : board_(std::move(board)) {}
    const transport::BoardInfo& info() const noexcept override {
        return real ? *real : board_->info();
    }
    std::string holder(unsigned number) const override { return board_->holder(number); }
    std::unique_ptr<transport::Transport> open(unsigned number,
                                               const transport::OpenOptions& options) override {
        takes_open_tty = options.take_open_tty;
        if (error != 0) {
            throw_errno(error, info().path + " is held");
        }
        auto transport = board_->open(number, options);
        if (while_opening) {
            while_opening();
        }
        return transport;
    }

    int error = 0;
    std::optional<transport::BoardInfo> real;  ///< what it says it is
    std::function<void()> while_opening;
    std::optional<bool> takes_open_tty;  ///< what open() was asked for

  private:
    std::shared_ptr<transport::Board> board_;
};

/// Virtual boards with these serials ("" for none) and who serves them.
class Table {
  public:
    explicit Table(std::initializer_list<std::string> serials) {
        for (const auto& serial : serials) {
            sim::BoardConfig config;
            config.chip = "FT232H";
            config.serial = serial;
            bench.add(config);
            spec::BoardSpec word;
            word.kind = spec::BoardSpec::Kind::simulated;
            options.boards.push_back(word);
        }
        bench.watch(manager);
    }
    ~Table() {
        bench.stop_watching();
        manager.close();
    }
    Table(const Table&) = delete;
    Table& operator=(const Table&) = delete;

    void plug(unsigned number) { bench.write(number, "plugged", "1"); }
    void pull(unsigned number) { bench.write(number, "plugged", "0"); }
    void open_all() {
        for (const auto& board : bench.boards()) {
            manager.arrive(board);
        }
    }
    /// "sim0" -> "base 512 chip 0"
    std::map<std::string, std::string> numbers() const {
        std::map<std::string, std::string> all;
        for (const auto& chip : registry.chips()) {
            all[chip->info().board_path] = "base " + std::to_string(chip->info().base) + " chip " +
                                           std::to_string(chip->info().chip_number);
        }
        return all;
    }

    cli::Options options;
    cli::MountsItself udev_says = cli::MountsItself::no;
    SystemClock clock;
    sim::Bench bench{clock};
    gpio::Registry registry;
    poll::ReclaimList reclaim;
    daemon::BoardManager manager{options, registry, reclaim, clock,
                                 [this](const auto&) { return udev_says; }};
};

}  // namespace

TEST_CASE("replugged boards get their numbers back, in whatever order they return") {
    Table table({"A", "B", ""});
    table.open_all();
    const auto before = table.numbers();
    REQUIRE(before.size() == 3);
    CHECK(before.at("sim2") == "base 544 chip 2");
    for (const unsigned number : {0U, 1U, 2U}) {
        table.pull(number);
    }
    CHECK(table.numbers().empty());
    CHECK(table.manager.empty());
    for (const unsigned number : {2U, 0U, 1U}) {
        table.plug(number);
    }
    CHECK(table.numbers() == before);
}

TEST_CASE(
    "boards with the same serial are told apart by their path, also when the second returns "
    "first") {
    Table table({"TWIN", "TWIN"});
    table.open_all();
    const auto before = table.numbers();
    REQUIRE(before.size() == 2);
    REQUIRE(before.at("sim0") != before.at("sim1"));
    table.pull(0);
    table.pull(1);
    table.plug(1);
    CHECK(table.numbers().at("sim1") == before.at("sim1"));
    table.plug(0);
    CHECK(table.numbers() == before);
}

TEST_CASE("a board that invents a serial at each plug does not use the numbers up") {
    Table table({"A", "B"});
    table.manager.arrive(table.bench.boards().back());
    const auto before = table.numbers();
    REQUIRE(before.size() == 1);
    spec::BoardSpec word;
    word.kind = spec::BoardSpec::Kind::path;
    word.path = "1-1";
    table.options.boards.push_back(word);
    const auto liar = std::make_shared<OddBoard>(table.bench.boards().front());
    liar->real = liar->info();
    liar->real->virtual_board = false;
    liar->real->path = "1-1";
    unsigned highest = 0;
    for (unsigned plug = 0; plug < gpio::most_remembered + 20; ++plug) {
        liar->real->serial = "LIAR" + std::to_string(plug);
        table.manager.arrive(liar);
        const auto chips = table.registry.chips();
        REQUIRE(chips.size() == 2);
        highest = std::max(highest, chips.back()->info().base);
        table.manager.board_left("1-1");
        table.reclaim.drain();
    }
    CHECK(highest <= gpio::dynamic_base + 16 * gpio::most_remembered);
    CHECK(table.numbers().at("sim1") == before.at("sim1"));
}

TEST_CASE("a board that is unplugged while it is being opened does not stay") {
    Table table({"A"});
    OddBoard board(table.bench.boards().front());
    board.while_opening = [&] { table.pull(0); };
    std::string error;
    const auto choice =
        cli::choose_arrival(table.options.boards, board.info(), {}, cli::ask_udev, error);
    REQUIRE(choice);
    try {
        table.manager.open(board, *choice);
    } catch (const std::system_error& failure) {
        CHECK(to_errno(failure.code()) == ENODEV);
    }
    CHECK(table.numbers().empty());
    CHECK(table.manager.empty());
    table.plug(0);
    CHECK(table.numbers().size() == 1);
}

TEST_CASE("late word of a board that is gone does not take out the one that is in its place") {
    Table table({"A"});
    table.open_all();
    const auto gone = table.registry.chips().at(0);
    table.pull(0);
    table.plug(0);
    const auto there = table.numbers();
    REQUIRE(there.size() == 1);
    table.manager.board_lost(gone->info());
    CHECK(table.numbers() == there);
    CHECK_FALSE(table.manager.empty());
    table.manager.board_lost(table.registry.chips().at(0)->info());
    CHECK(table.numbers().empty());
    CHECK(table.manager.empty());
}

TEST_CASE("a board that somebody else holds is an error, or left alone") {
    Table table({"A", "B"});
    const auto held = std::make_shared<OddBoard>(table.bench.boards().front());
    held->error = EBUSY;
    std::string error;
    const auto choice =
        cli::choose_arrival(table.options.boards, held->info(), {}, cli::ask_udev, error);
    REQUIRE(choice);
    CHECK_THROWS_AS(table.manager.open(*held, *choice), std::system_error);
    table.options.leave_held = true;
    CHECK_THROWS_AS(table.manager.open(*held, *choice), daemon::LeftAlone);
    CHECK_NOTHROW(table.manager.arrive(held));
    CHECK(table.manager.empty());

    held->error = EACCES;
    CHECK_THROWS_AS(table.manager.arrive(held), std::system_error);
    held->error = 0;
    CHECK_NOTHROW(table.manager.arrive(held));
    CHECK(table.numbers().size() == 1);
}

TEST_CASE("at the start a board that somebody else holds is left alone, and waited for others") {
    Table table({"A", "B"});
    table.options.leave_held = true;
    const auto held = std::make_shared<OddBoard>(table.bench.boards().front());
    held->error = EBUSY;
    const daemon::BoardManager::Boards present{held, table.bench.boards().back()};
    const auto* chip = mpsse::find_chip_type(held->info().bcd_device);
    const cli::Choice first{0, 0, chip, {0}};
    const cli::Choice second{1, 1, chip, {0}};
    const auto open = [&](const std::vector<cli::Choice>& choices) {
        table.manager.open_present(present, choices, nullptr);
    };
    CHECK_THROWS_AS(open({first}), daemon::LeftAlone);
    CHECK_NOTHROW(open({first, second}));
    CHECK(table.numbers().size() == 1);
    table.pull(1);
    table.options.wait = true;
    CHECK_NOTHROW(open({first}));
    CHECK(table.manager.empty());
    held->error = 0;
    CHECK_NOTHROW(table.manager.arrive(held));
    CHECK(table.numbers().size() == 1);
}

TEST_CASE("at the start a board that cannot be opened yet is tried later, or an error") {
    Table table({"A"});
    const auto board = std::make_shared<OddBoard>(table.bench.boards().front());
    board->error = EACCES;
    const std::vector<cli::Choice> choices{
        {0, 0, mpsse::find_chip_type(board->info().bcd_device), {0}}};
    std::vector<std::string> later;
    CHECK_NOTHROW(table.manager.open_present(
        {board}, choices, [&](const auto& postponed) { later.push_back(postponed->info().path); }));
    CHECK(later == std::vector<std::string>{"sim0"});
    CHECK_THROWS_AS(table.manager.open_present({board}, choices, nullptr), std::system_error);
    CHECK(table.manager.empty());
}

TEST_CASE("an arrival that udev has not come to is worth another try") {
    Table table({"A"});
    spec::BoardSpec word;
    word.kind = spec::BoardSpec::Kind::opted_in;
    table.options.boards = {word};
    const auto board = std::make_shared<OddBoard>(table.bench.boards().front());
    board->real = board->info();
    board->real->virtual_board = false;
    table.udev_says = cli::MountsItself::unknown_yet;
    CHECK_THROWS_AS(table.manager.arrive(board), std::system_error);
    table.udev_says = cli::MountsItself::no;
    CHECK_NOTHROW(table.manager.arrive(board));
    CHECK(table.numbers().empty());
    table.udev_says = cli::MountsItself::yes;
    CHECK_NOTHROW(table.manager.arrive(board));
    CHECK(table.numbers().size() == 1);
}

TEST_CASE("the tty of a board that was chosen by hand is taken from nobody unasked") {
    Table table({"A"});
    const auto board = std::make_shared<OddBoard>(table.bench.boards().front());
    board->error = EBUSY;  // so that it can be opened again
    const auto takes_open_tty = [&] {
        CHECK_THROWS_AS(table.manager.arrive(board), std::system_error);
        return board->takes_open_tty;
    };
    CHECK(takes_open_tty() == false);
    table.udev_says = cli::MountsItself::unknown_yet;
    CHECK(takes_open_tty() == false);
    table.udev_says = cli::MountsItself::yes;
    CHECK(takes_open_tty() == true);
    table.udev_says = cli::MountsItself::no;
    table.options.take_open_tty = true;
    CHECK(takes_open_tty() == true);
}

TEST_CASE("a board that runs at high speed is no FT2232D, whatever it says") {
    Table table({"A"});
    spec::BoardSpec word;
    word.kind = spec::BoardSpec::Kind::path;
    word.path = "1-1";
    table.options.boards = {word};
    const auto board = std::make_shared<OddBoard>(table.bench.boards().front());
    board->real = board->info();
    board->real->virtual_board = false;
    board->real->path = "1-1";
    board->real->product = 0x6010;
    board->real->bcd_device = 0x0500;
    board->real->interfaces = 2;
    int error = 0;
    try {
        table.manager.arrive(board);
    } catch (const std::system_error& e) {
        error = to_errno(e.code());
        CHECK(std::string(e.what()).find("an FT2232D cannot") != std::string::npos);
    }
    CHECK(error == EPROTO);
    CHECK(table.manager.empty());
}

TEST_CASE("the hook is called when the last board has gone, and not before") {
    Table table({"A", "B"});
    int calls = 0;
    table.manager.when_empty([&] { ++calls; });
    table.open_all();
    table.pull(0);
    CHECK(calls == 0);
    table.pull(1);
    CHECK(calls == 1);
}
