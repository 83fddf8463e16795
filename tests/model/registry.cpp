// SPDX-License-Identifier: MIT
#include "gpio/registry.h"

#include "rig.h"
#include "support/manual_clock.h"

#include <doctest/doctest.h>

#include <cerrno>

using namespace gpiofs;
using namespace gpiofs::test;

namespace {

/// Lines 512 to 527 on one board, 528 to 543 on another.
struct TwoBoards {
    TwoBoards()
        : rig(clock, {"FT2232H", "FT232H"}), first(rig.chip(log, 0)), second(rig.chip(log, 1)) {
        registry.add(second);
        registry.add(first);
    }

    ManualClock clock;
    Rig rig;
    ChipLog log;
    std::shared_ptr<gpio::Chip> first;
    std::shared_ptr<gpio::Chip> second;
    gpio::Registry registry;
};

}  // namespace

TEST_CASE("registry: chips are in order of their numbers and found by id") {
    TwoBoards on;
    CHECK(on.registry.chips() == std::vector{on.first, on.second});
    CHECK(on.registry.chip(2) == on.second);
    CHECK(on.registry.chip(3) == nullptr);
}

TEST_CASE("registry: a global number finds its line on its chip") {
    TwoBoards on;
    on.registry.export_number(527);
    on.registry.export_number(528);
    CHECK(on.registry.exported(527) == on.first->line(15));
    const auto line = on.registry.exported(528);
    REQUIRE(line != nullptr);
    CHECK(line == on.second->line(0));
    CHECK(on.registry.line(line->id()) == line);
    CHECK(on.registry.exported(529) == nullptr);
    on.registry.unexport_number(528);
    CHECK(on.registry.exported(528) == nullptr);
    CHECK(on.registry.line(line->id()) == nullptr);
}

TEST_CASE("registry: export and unexport refuse as the kernel does") {
    TwoBoards on;
    on.registry.export_number(512);
    CHECK(errno_of([&] { on.registry.export_number(512); }) == EBUSY);
    for (const std::int64_t number : {INT64_MIN, std::int64_t{-1}, std::int64_t{511},
                                      std::int64_t{544}, std::int64_t{1} << 32 | 513, INT64_MAX}) {
        CAPTURE(number);
        CHECK(errno_of([&] { on.registry.export_number(number); }) == EINVAL);
        CHECK(errno_of([&] { on.registry.unexport_number(number); }) == EINVAL);
    }
    CHECK(errno_of([&] { on.registry.unexport_number(513); }) == EINVAL);
    on.registry.export_number(529);
    on.second->kill();
    CHECK(errno_of([&] { on.registry.unexport_number(529); }) == EINVAL);
    CHECK(errno_of([&] { on.registry.export_number(530); }) == EINVAL);
}

TEST_CASE("registry: a board that left is out of it, and only that one") {
    TwoBoards on;
    CHECK(on.registry.remove_board(1) == std::vector{on.first});
    CHECK(on.registry.remove_board(1).empty());
    CHECK(on.registry.chips() == std::vector{on.second});
    CHECK(errno_of([&] { on.registry.export_number(512); }) == EINVAL);
    CHECK(on.registry.remove_all() == std::vector{on.second});
    CHECK(on.registry.chips().empty());
}

TEST_CASE("registry: the numbers of a chip that is there are never given to another") {
    TwoBoards on;
    REQUIRE(on.registry.numbers_for("first", 16, {}).base == on.first->info().base);
    REQUIRE(on.registry.numbers_for("second", 16, {}).base == on.second->info().base);
    for (unsigned n = 0; n < 3 * gpio::most_remembered; ++n) {
        REQUIRE(on.registry.numbers_for(std::to_string(n), 16, {}).base >= 544);
    }
    CHECK(on.registry.numbers_for("first", 16, {}).base == 512);
    on.registry.remove_board(1);
    on.registry.remove_board(2);
    for (unsigned n = 0; n < gpio::most_remembered; ++n) {
        on.registry.numbers_for(std::to_string(n), 16, {});
    }
    CHECK(on.registry.numbers_for("new", 16, {}).base < 544 + 16 * gpio::most_remembered);
}
