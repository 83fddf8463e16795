// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "fs/bench.h"
#include "fs/node_id.h"
#include "gpio/registry.h"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace gpiofs::fs {

struct Attribute;

/// What the files are about. All outlive the tree.
struct Services {
    gpio::Registry& registry;
    /// Null without virtual boards.
    Bench* bench;
    const Clock& clock;
    /// Deadline of an access, queueing and transfer together.
    std::chrono::milliseconds timeout;
    /// Where `subsystem` leads, from a folder in the tree's root.
    std::string class_link;
};

/// A node with the objects it shows, which it keeps alive.
struct Node {
    NodeId id;
    std::shared_ptr<gpio::Chip> chip;  ///< of chip folders and their files
    std::shared_ptr<gpio::Line> line;  ///< of line folders and their files
    /// The file's row; null for a folder.
    const Attribute* attribute = nullptr;
};

/// The shape of the tree, computed from the registry whenever somebody asks: nothing in it is
/// cached, so nothing has to be invalidated. Thread-safe.
class Tree {
  public:
    explicit Tree(Services services) : services_(std::move(services)) {}

    const Services& services() const noexcept { return services_; }

    /// The node with its objects; nothing if they are gone or never were.
    std::optional<Node> find(const NodeId& id) const;
    /// The node called `name` in a folder.
    std::optional<NodeId> lookup(const Node& folder, std::string_view name) const;
    /// The folder a folder is in; the root's is the root.
    static NodeId parent(const Node& folder);
    /// Calls `entry` for everything in a folder.
    void list(const Node& folder,
              const std::function<void(const std::string&, const NodeId&)>& entry) const;
    /// The event counter behind a file.
    gpio::EventNode& events(const Node& file) const;
    /// Type and permission bits as the tree gives them before umask; works for nodes that are gone.
    unsigned mode(const NodeId& id) const;
    /// Whether it is a file that is read from where its reader is, and cannot be sought.
    static bool is_stream(const NodeId& id) noexcept;

  private:
    void list_root(const std::function<void(const std::string&, const NodeId&)>& entry) const;
    void list_bench(const Node& folder,
                    const std::function<void(const std::string&, const NodeId&)>& entry) const;

    Services services_;
    /// Of the files that are always there.
    mutable gpio::EventNode always_;
};

/// The number of a board on the bench and of one of its pins, from NodeId::object.
constexpr unsigned bench_board(const NodeId& id) noexcept {
    return static_cast<unsigned>(id.object >> 8);
}
constexpr unsigned bench_pin(const NodeId& id) noexcept {
    return static_cast<unsigned>(id.object & 0xff);
}

}  // namespace gpiofs::fs
