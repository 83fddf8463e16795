// SPDX-License-Identifier: MIT
#pragma once

#include "gpio/object_id.h"

#include <cstdint>

namespace gpiofs::fs {

/// The kinds of folders in the tree.
enum class Kind : std::uint8_t {
    root,         ///< /
    legacy_chip,  ///< gpiochip<BASE>
    chip,         ///< chip<N>
    legacy_line,  ///< gpio<NUMBER>
    chip_line,    ///< chip<N>/gpio<OFFSET>
    bench,        ///< sim
    bench_board,  ///< sim/<N>
    bench_pin,    ///< sim/<N>/<PIN>
};

/// A node of the tree: the kind of its folder, the object the folder shows, and the file in it.
struct NodeId {
    Kind kind = Kind::root;
    /// gpio::ObjectId of the chip or line; on the bench the board's number in the upper and the
    /// pin's index in the lower 8 bits; 0 elsewhere.
    std::uint64_t object = 0;
    /// 0 is the folder itself, n is row n - 1 of the folder's table.
    std::uint8_t row = 0;

    bool is_folder() const noexcept { return row == 0; }
    bool operator==(const NodeId&) const = default;
};

/// FUSE's number of a node, 1 for the root. It never means another node, since an object's id is
/// never used again; the kernel may hold it for as long as it likes.
constexpr std::uint64_t to_number(const NodeId& node) noexcept {
    return node.object << 12 | static_cast<std::uint64_t>(node.kind) << 8 |
           static_cast<std::uint64_t>(node.row + 1);
}

constexpr NodeId to_node(std::uint64_t number) noexcept {
    return {static_cast<Kind>(number >> 8 & 0xf), number >> 12,
            static_cast<std::uint8_t>((number & 0xff) - 1)};
}

/// st_ino and d_ino of a node: unique among living nodes, and 31 bits, because programs built
/// without large-file support get EOVERFLOW for an inode number of more than 32 bits and for a
/// position in a folder of more than 31.
constexpr std::uint32_t to_inode(const NodeId& node) noexcept {
    constexpr auto distinct = (std::uint64_t{1} << (gpio::distinct_id_bits + 12)) - 1;
    static_assert(distinct <= 0x7fffffff);
    return static_cast<std::uint32_t>(to_number(node) & distinct);
}

/// Where an entry stands in its folder, as telldir() gives it: the same as long as the entry lives.
/// "." and ".." come before all others.
constexpr std::uint32_t to_position(const NodeId& entry) noexcept { return to_inode(entry) + 1; }
constexpr std::uint32_t position_of_self = 1;
constexpr std::uint32_t position_of_parent = 2;

}  // namespace gpiofs::fs
