#include "fs/node_id.h"

#include <doctest/doctest.h>

#include <set>

using namespace gpiofs::fs;

TEST_CASE("node id: the root is FUSE's root") {
    CHECK(to_inode({}) == 1);
    CHECK(to_node(1) == NodeId{});
    CHECK(to_node(1).is_folder());
}

TEST_CASE("node id: every id survives being an inode number, and no two share one") {
    std::set<std::uint64_t> numbers;
    std::size_t ids = 0;
    for (unsigned kind = 0; kind <= static_cast<unsigned>(Kind::bench_pin); ++kind) {
        for (const std::uint64_t object : {0ULL, 1ULL, 255ULL, 256ULL, 0xffffffffffffULL}) {
            for (unsigned row = 0; row < 255; ++row) {
                const NodeId id{static_cast<Kind>(kind), object, static_cast<std::uint8_t>(row)};
                CHECK(to_node(to_inode(id)) == id);
                numbers.insert(to_inode(id));
                ++ids;
            }
        }
    }
    CHECK(numbers.size() == ids);
    CHECK_FALSE(numbers.contains(0));
}
