#pragma once

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

/// What an inode number says: which kind of folder, which object it shows, and which of its files.
/// Objects have ids that are never used again, so an old number never means a new object.
struct NodeId {
    Kind kind = Kind::root;
    /// Of the chip or line; on the bench the board's number in the upper and the pin's index in the
    /// lower 8 bits; 0 elsewhere.
    std::uint64_t object = 0;
    /// 0 is the folder itself, n is row n - 1 of the folder's table.
    std::uint8_t row = 0;

    bool is_folder() const noexcept { return row == 0; }
    bool operator==(const NodeId&) const = default;
};

/// The root folder becomes 1, which is what FUSE calls the root.
constexpr std::uint64_t to_inode(const NodeId& node) noexcept {
    return node.object << 16 | static_cast<std::uint64_t>(node.kind) << 8 |
           static_cast<std::uint64_t>(node.row + 1);
}

constexpr NodeId to_node(std::uint64_t inode) noexcept {
    return {static_cast<Kind>(inode >> 8 & 0xff), inode >> 16,
            static_cast<std::uint8_t>((inode & 0xff) - 1)};
}

}  // namespace gpiofs::fs
