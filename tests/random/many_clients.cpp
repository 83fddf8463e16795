// SPDX-License-Identifier: MIT
#include "random/line_writer.h"
#include "random/together.h"
#include "support/mount.h"
#include "support/poller.h"
#include "support/skip.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <array>
#include <fcntl.h>
#include <iostream>
#include <optional>
#include <poll.h>
#include <thread>

using namespace gpiofs::test;

namespace {

constexpr long short_run = 8'000;
constexpr unsigned most_writers = 4;
constexpr unsigned most_readers = 2;
/// More than any access waits for all the others.
constexpr unsigned timeout_ms = 5000;
/// The first line of boards with one interface, or with two.
constexpr unsigned first_base = 512;

/// Lines of a mounted board that nobody else uses, exported.
class Board {
  public:
    Board(const Setting& setting, unsigned which)
        : setting_(setting), which_(which), mount_(setting.command(timeout_ms), "export") {
        armed_ = take_line(setting.can_input, 0);
        for (unsigned i = 0; i < most_readers; ++i) {
            if (const auto place = take_line(setting.can_input, i)) {
                readers_.push_back(*place);
            }
        }
        for (unsigned i = 0; i < most_writers; ++i) {
            if (const auto place = take_line(setting.can_output, i)) {
                writers_.push_back(*place);
            }
        }
    }

    Mount& mount() { return mount_; }

    /// Writers first.
    std::vector<Actor> actors(long writes) const {
        std::vector<Actor> all;
        unsigned client = 0;
        for (const LinePlace& place : writers_) {
            all.push_back([this, place, writes, chance = this->chance(client++)](Stage& stage) {
                LineWriter(place, setting_, chance).write_many(writes, stage);
            });
        }
        for (const LinePlace& place : readers_) {
            all.push_back([this, place, chance = this->chance(client++)](Stage& stage) {
                read_on(place, chance, stage);
            });
        }
        all.push_back([this, chance = this->chance(client++)](Stage& stage) {
            arm_and_disarm(*armed_, chance, stage);
        });
        for (unsigned chip = 0; chip < setting_.mpsse_interfaces; ++chip) {
            all.push_back([this, chip, chance = this->chance(client++)](Stage& stage) {
                switch_interval(chip, chance, stage);
            });
        }
        return all;
    }
    unsigned writers() const noexcept { return static_cast<unsigned>(writers_.size()); }

  private:
    Chance chance(unsigned client) const { return {random_seed(), which_, client}; }

    /// An unused line with one of these offsets, of one chip or the other in turn.
    std::optional<LinePlace> take_line(unsigned offsets, unsigned turn) {
        const unsigned chip = turn % setting_.mpsse_interfaces;
        for (unsigned offset = 0; offset < setting_.lines; ++offset) {
            const unsigned bit = 1U << offset;
            if ((offsets & bit & ~used_[chip]) != 0) {
                used_[chip] |= bit;
                const unsigned base = first_base + chip * setting_.lines;
                mount_.export_line(base + offset);
                return LinePlace{mount_.path(), chip, base, offset};
            }
        }
        return std::nullopt;
    }

    void read_on(const LinePlace& place, Chance chance, Stage& stage) const {
        const bool high = (setting_.pulled_down >> place.offset & 1U) == 0;
        History history;
        while (!stage.over()) {
            history.begin();
            ++stage.accesses;
            const fs::path folder = chance.coin() ? place.legacy() : place.newer();
            switch (chance.pick(3)) {
                case 0:
                    history.check("read value", high ? "1\n" : "0\n", read_text(folder / "value"));
                    break;
                case 1:
                    history.check("read direction", "in\n", read_text(folder / "direction"));
                    break;
                default:
                    history.check("read lines", fmt::format("in {:d} yes", high),
                                  row_of(place, read_text(place.table())));
                    break;
            }
        }
    }

    /// Nothing ever happens on the line, so nothing may be told of it.
    void arm_and_disarm(const LinePlace& place, Chance chance, Stage& stage) const {
        History history;
        const auto value = open_file(place.legacy() / "value", O_RDONLY);
        const std::string expected = read_at(value.get(), 0);
        while (!stage.over()) {
            history.begin();
            ++stage.accesses;
            const auto word = fmt::format("{}\n", edge_word(static_cast<Edge>(chance.pick(4))));
            history.check("write edge " + in_quotes(word), "ok",
                          write_text(place.legacy() / "edge", word));
            history.check("read edge", word, read_text(place.legacy() / "edge"));
            history.check("read value", expected, read_at(value.get(), 0));
            history.check("poll value", "timeout",
                          poll_once(value.get(), POLLPRI | POLLERR,
                                    std::chrono::milliseconds(chance.pick(3))));
        }
    }

    void switch_interval(unsigned chip, Chance chance, Stage& stage) const {
        History history;
        const fs::path file = mount_.path() / fmt::format("gpiochip{}/sample_interval_us",
                                                          first_base + chip * setting_.lines);
        while (!stage.over()) {
            history.begin();
            ++stage.accesses;
            const auto text = fmt::format("{}\n", chance.pick_of(intervals_us));
            history.check("write sample_interval_us " + text, "ok", write_text(file, text));
            history.check("read sample_interval_us", text, read_text(file));
            // For so long it samples as it has been told.
            std::this_thread::sleep_for(std::chrono::microseconds(chance.pick(5000)));
        }
    }

    const Setting& setting_;
    unsigned which_;
    Mount mount_;
    std::array<unsigned, 2> used_{};
    std::optional<LinePlace> armed_;
    std::vector<LinePlace> readers_;
    std::vector<LinePlace> writers_;
};

/// Returns the accesses; nothing, if there were differences.
std::optional<long> run_once(const Board& board, const Setting& setting, Kind kind,
                             long operations) {
    const long writes = operations / board.writers() / 2 + 1;
    const Together run = act_together(board.actors(writes), board.writers(), kind);
    for (const std::string& difference : run.differences) {
        std::cout << "FAILURE: difference\n";
        FAIL_CHECK(fmt::format("{}, GPIOFS_RANDOM_SEED={}, {}: {}", setting.name(), random_seed(),
                               kind == Kind::threads ? "threads" : "processes", difference));
    }
    return run.differences.empty() ? std::optional(run.accesses) : std::nullopt;
}

void run_clients(std::string_view chip, bool limits) {
    NEEDS_MOUNT();
    std::cout << fmt::format("GPIOFS_RANDOM_SEED={}\n", random_seed()) << std::flush;
    unsigned which = 0;
    for (const Setting& setting : all_settings()) {
        ++which;
        if (setting.chip != chip || (*setting.id != '\0') != limits) {
            continue;
        }
        Board board(setting, which);
        const long operations = operations_of(setting, short_run);
        const auto by_threads = run_once(board, setting, Kind::threads, operations);
        const long warm = board.mount().resident_kib();
        const auto by_processes =
            by_threads ? run_once(board, setting, Kind::processes, operations) : std::nullopt;
        if (!by_processes) {
            continue;
        }
        const long growth = board.mount().resident_kib() - warm;
        std::cout << fmt::format("FIGURE: random: several clients: {}: {} accesses, {:+} KiB\n",
                                 setting.name(), *by_threads + *by_processes, growth);
        if (memory_is_told) {
            CHECK(growth < most_growth_kib);
        }
        CHECK(board.mount().stop() == 0);
        CHECK(sanitizer_report(board.mount().log()) == "");
    }
}

}  // namespace

TEST_CASE("several clients see what was acknowledged: FT232H") { run_clients("FT232H", false); }
TEST_CASE("several clients see what was acknowledged: FT2232H") { run_clients("FT2232H", false); }
TEST_CASE("several clients see what was acknowledged: FT4232H") { run_clients("FT4232H", false); }
TEST_CASE("several clients see what was acknowledged: FT2232D") { run_clients("FT2232D", false); }
TEST_CASE("several clients see what was acknowledged: Bryx") { run_clients("FT232H", true); }
