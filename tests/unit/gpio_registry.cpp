// SPDX-License-Identifier: MIT
#include "gpio/registry.h"

#include <doctest/doctest.h>

#include <cerrno>
#include <optional>
#include <string>

using namespace gpiofs;

namespace {

int errno_of(gpio::Registry& registry, const std::string& identity, unsigned lines,
             std::optional<unsigned> base) {
    try {
        registry.numbers_for(identity, lines, base);
    } catch (const std::system_error& error) {
        return error.code().value();
    }
    return 0;
}

}  // namespace

TEST_CASE("registry: numbers are given from 512 on, without overlap") {
    gpio::Registry registry;
    CHECK(registry.numbers_for("a", 16, {}).base == 512);
    CHECK(registry.numbers_for("b", 8, {}).base == 528);
    CHECK(registry.numbers_for("c", 16, {}).base == 536);
    CHECK(registry.numbers_for("c", 16, {}).chip_number == 2);
}

TEST_CASE("registry: who comes back gets the numbers it had") {
    gpio::Registry registry;
    registry.numbers_for("a", 16, 700);
    registry.numbers_for("b", 16, {});
    const auto again = registry.numbers_for("a", 16, {});
    CHECK(again.base == 700);
    CHECK(again.chip_number == 0);
    CHECK(registry.numbers_for("a", 16, 900).base == 700);
}

TEST_CASE("registry: gaps are filled when they are large enough") {
    gpio::Registry registry;
    registry.numbers_for("a", 16, 520);
    CHECK(registry.numbers_for("b", 8, {}).base == 512);
    CHECK(registry.numbers_for("c", 16, {}).base == 536);
}

TEST_CASE("registry: numbers that were asked for are given or refused, never moved") {
    gpio::Registry registry;
    CHECK(registry.numbers_for("a", 16, 0).base == 0);
    CHECK(errno_of(registry, "b", 16, 15) == EBUSY);
    CHECK(registry.numbers_for("b", 16, 16).base == 16);
    CHECK(errno_of(registry, "c", 16, 8) == EBUSY);
    CHECK(errno_of(registry, "c", 16, 2147483633U) == ERANGE);
    CHECK(errno_of(registry, "c", 16, 4294967295U) == ERANGE);
    CHECK(registry.numbers_for("c", 16, 2147483632U).base == 2147483632U);
}

TEST_CASE("registry: numbers that will be asked for are not given away before") {
    gpio::Registry registry;
    registry.keep_for(520, 32);
    CHECK(registry.numbers_for("early", 16, {}).base == 552);
    CHECK(registry.numbers_for("small", 8, {}).base == 512);
    CHECK(registry.numbers_for("late", 16, 520).base == 520);
    CHECK(registry.numbers_for("after it", 16, {}).base == 536);
}

TEST_CASE("registry: of many that came and went the latest keep their numbers, and no others") {
    gpio::Registry registry;
    const auto numbers = [&](unsigned n) {
        return registry.numbers_for("board " + std::to_string(n), 16, {});
    };
    registry.numbers_for("asked for", 16, 0);
    const unsigned first = numbers(0).base;
    constexpr unsigned many = 3 * gpio::most_remembered;
    for (unsigned n = 1; n < many; ++n) {
        const auto given = numbers(n);
        REQUIRE(given.base <= gpio::dynamic_base + 16 * gpio::most_remembered);
        REQUIRE(given.chip_number <= gpio::most_remembered);
        if (n % 100 == 0) {
            REQUIRE(numbers(0).base == first);  // it comes back now and then
        }
    }
    const auto last = numbers(many - 1);
    const auto remembered = numbers(many - 200);
    CHECK(numbers(many - 1).base == last.base);
    CHECK(numbers(many - 200).chip_number == remembered.chip_number);
    CHECK(remembered.base != last.base);
    CHECK(registry.numbers_for("asked for", 16, {}).base == 0);
}

TEST_CASE("registry: without chips there is nothing to find, export or unexport") {
    gpio::Registry registry;
    registry.numbers_for("a", 16, {});
    CHECK(registry.chips().empty());
    CHECK(registry.chip(1) == nullptr);
    CHECK(registry.line(1) == nullptr);
    CHECK(registry.exported(512) == nullptr);
    CHECK_THROWS_AS(registry.export_number(512), std::system_error);
    CHECK_THROWS_AS(registry.unexport_number(-1), std::system_error);
}
