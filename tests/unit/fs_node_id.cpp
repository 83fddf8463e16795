// SPDX-License-Identifier: MIT
#include "fs/node_id.h"
#include "gpio/object_id.h"

#include <doctest/doctest.h>

#include <set>

using namespace gpiofs::fs;

TEST_CASE("node id: the root is FUSE's root") {
    CHECK(to_number({}) == 1);
    CHECK(to_inode({}) == 1);
    CHECK(to_node(1) == NodeId{});
    CHECK(to_node(1).is_folder());
}

TEST_CASE("node id: every id survives being FUSE's number, and no two share one") {
    std::set<std::uint64_t> numbers;
    std::size_t ids = 0;
    for (unsigned kind = 0; kind <= static_cast<unsigned>(Kind::bench_pin); ++kind) {
        for (const std::uint64_t object : {0ULL, 1ULL, 255ULL, 256ULL, 0xfffffffffffffULL}) {
            for (unsigned row = 0; row < 255; ++row) {
                const NodeId id{static_cast<Kind>(kind), object, static_cast<std::uint8_t>(row)};
                CHECK(to_node(to_number(id)) == id);
                numbers.insert(to_number(id));
                ++ids;
            }
        }
    }
    CHECK(numbers.size() == ids);
    CHECK_FALSE(numbers.contains(0));
}

TEST_CASE("node id: inode numbers fit 32 bits and differ as long as both nodes live") {
    gpiofs::gpio::ObjectIds ids;
    const auto old = ids.next();
    const auto node = [](const gpiofs::gpio::ObjectId& id, unsigned row) {
        return NodeId{Kind::legacy_line, id.number(), static_cast<std::uint8_t>(row)};
    };
    std::set<std::uint64_t> inodes;
    std::uint64_t last = old.number();
    constexpr unsigned several_rounds = 3U << gpiofs::gpio::distinct_id_bits;
    for (unsigned n = 0; n < several_rounds; ++n) {
        const auto young = ids.next();
        REQUIRE(young.number() > last);
        last = young.number();
        for (const unsigned row : {0U, 1U, 254U}) {
            REQUIRE(to_inode(node(young, row)) <= 0x7fffffff);
            REQUIRE(to_inode(node(young, row)) != to_inode(node(old, row)));
            REQUIRE(to_number(node(young, row)) != to_number(node(old, row)));
        }
    }
}

TEST_CASE("node id: an entry's position in its folder is behind that of . and ..") {
    const NodeId first_file{Kind::root, 0, 1};
    CHECK(position_of_self < position_of_parent);
    CHECK(position_of_parent < to_position(first_file));
    constexpr std::uint64_t highest_object = ~0ULL >> 12;
    const NodeId last_pin{Kind::bench_pin, highest_object, 254};
    CHECK(to_position(last_pin) <= 0x7fffffff);
}
