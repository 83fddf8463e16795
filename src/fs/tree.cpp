// SPDX-License-Identifier: MIT
#include "fs/tree.h"

#include "base/text.h"
#include "fs/attributes.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>

namespace gpiofs::fs {
namespace {

using Entry = std::function<void(const std::string&, const NodeId&)>;

/// A row of the bench: only its name is not in a table.
const Attribute bench_read_write{"", S_IFREG | 0600, show_bench_file, store_bench_file};
const Attribute bench_read_only{"", S_IFREG | 0400, show_bench_file, nullptr};
const Attribute bench_write_only{"", S_IFREG | 0200, nullptr, store_bench_file};

const Attribute* bench_attribute(const Bench::File& file) {
    if (!file.writable) {
        return &bench_read_only;
    }
    return file.readable ? &bench_read_write : &bench_write_only;
}

const std::vector<Bench::File>& bench_files(const Bench& bench, const NodeId& id) {
    return id.kind == Kind::bench_pin ? bench.pin_files(bench_board(id))
                                      : bench.board_files(bench_board(id));
}

NodeId bench_folder(unsigned board) noexcept {
    return {Kind::bench_board, std::uint64_t{board} << 8};
}

bool on_bench(Kind kind) noexcept {
    return kind == Kind::bench || kind == Kind::bench_board || kind == Kind::bench_pin;
}

bool present(const Node& file) {
    return file.attribute->present == nullptr || file.attribute->present(file);
}

std::uint8_t row_number(std::size_t index) { return static_cast<std::uint8_t>(index + 1); }

/// The row of a file that is not on the bench; null for a folder.
const Attribute* row_of(const NodeId& id) noexcept {
    const auto rows = attributes(id.kind);
    const std::size_t index = id.row - std::size_t{1};
    return !id.is_folder() && index < rows.size() ? &rows[index] : nullptr;
}

}  // namespace

std::optional<Node> Tree::find(const NodeId& id) const {
    Node node{id, nullptr, nullptr, nullptr};
    const std::size_t index = id.row - std::size_t{1};
    switch (id.kind) {
        case Kind::root:
            break;
        case Kind::legacy_chip:
        case Kind::chip:
            node.chip = services_.registry.chip(id.object);
            if (!node.chip) {
                return std::nullopt;
            }
            break;
        case Kind::legacy_line:
        case Kind::chip_line:
            node.line = services_.registry.line(id.object);
            if (!node.line) {
                return std::nullopt;
            }
            break;
        case Kind::bench:
        case Kind::bench_board:
        case Kind::bench_pin: {
            const Bench* bench = services_.bench;
            if (bench == nullptr || bench_board(id) >= bench->boards() ||
                (id.kind == Kind::bench_pin &&
                 bench_pin(id) >= bench->pins(bench_board(id)).size())) {
                return std::nullopt;
            }
            if (id.is_folder()) {
                return node;
            }
            const auto& files = bench_files(*bench, id);
            if (id.kind == Kind::bench || index >= files.size()) {
                return std::nullopt;
            }
            node.attribute = bench_attribute(files[index]);
            return node;
        }
        default:
            return std::nullopt;
    }
    if (!id.is_folder()) {
        const auto rows = attributes(id.kind);
        if (index >= rows.size()) {
            return std::nullopt;
        }
        node.attribute = &rows[index];
        if (!present(node)) {
            return std::nullopt;
        }
    }
    return node;
}

std::optional<NodeId> Tree::lookup(const Node& folder, std::string_view name) const {
    std::optional<NodeId> found;
    list(folder, [&](const std::string& entry, const NodeId& id) {
        if (entry == name) {
            found = id;
        }
    });
    return found;
}

NodeId Tree::parent(const Node& folder) {
    switch (folder.id.kind) {
        case Kind::chip_line:
            return {Kind::chip, folder.line->chip().info().id.number()};
        case Kind::bench_board:
            return {Kind::bench, 0};
        case Kind::bench_pin:
            return bench_folder(bench_board(folder.id));
        case Kind::root:
        case Kind::legacy_chip:
        case Kind::chip:
        case Kind::legacy_line:
        case Kind::bench:
            break;
    }
    return {};
}

void Tree::list(const Node& folder, const Entry& entry) const {
    if (on_bench(folder.id.kind)) {
        list_bench(folder, entry);
        return;
    }
    const auto rows = attributes(folder.id.kind);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        Node file = folder;
        file.id.row = row_number(i);
        file.attribute = &rows[i];
        if (present(file)) {
            entry(std::string(rows[i].name), file.id);
        }
    }
    if (folder.id.kind == Kind::root) {
        list_root(entry);
    } else if (folder.id.kind == Kind::chip) {
        for (const auto& line : folder.chip->lines()) {
            entry(fmt::format("gpio{}", line->offset()), {Kind::chip_line, line->id()});
        }
    }
}

void Tree::list_root(const Entry& entry) const {
    for (const auto& chip : services_.registry.chips()) {
        const auto& info = chip->info();
        entry(fmt::format("gpiochip{}", info.base), {Kind::legacy_chip, info.id.number()});
        entry(fmt::format("chip{}", info.chip_number), {Kind::chip, info.id.number()});
        for (const auto& line : chip->lines()) {
            entry(fmt::format("gpio{}", line->number()), {Kind::legacy_line, line->id()});
        }
    }
    if (services_.bench != nullptr) {
        entry("sim", {Kind::bench, 0});
    }
}

void Tree::list_bench(const Node& folder, const Entry& entry) const {
    const Bench& bench = *services_.bench;
    if (folder.id.kind == Kind::bench) {
        for (unsigned board = 0; board < bench.boards(); ++board) {
            entry(std::to_string(board), bench_folder(board));
        }
        return;
    }
    const auto& files = bench_files(bench, folder.id);
    for (std::size_t i = 0; i < files.size(); ++i) {
        entry(files[i].name, {folder.id.kind, folder.id.object, row_number(i)});
    }
    if (folder.id.kind == Kind::bench_board) {
        const auto& pins = bench.pins(bench_board(folder.id));
        for (std::size_t i = 0; i < pins.size(); ++i) {
            entry(pins[i], {Kind::bench_pin, folder.id.object | i});
        }
    }
}

gpio::EventNode& Tree::events(const Node& file) const {
    if (file.line) {
        return file.attribute->edges ? file.line->value_events() : file.line->quiet_events();
    }
    return file.chip ? file.chip->events() : always_;
}

unsigned Tree::mode(const NodeId& id) const {
    if (id.is_folder()) {
        return S_IFDIR | (on_bench(id.kind) ? 0700U : 0777U);
    }
    if (on_bench(id.kind)) {
        const auto node = find(id);
        return node ? node->attribute->mode : unsigned{S_IFREG};
    }
    const Attribute* const row = row_of(id);
    return row != nullptr ? row->mode : unsigned{S_IFREG};
}

bool Tree::is_stream(const NodeId& id) noexcept {
    const Attribute* const row = on_bench(id.kind) ? nullptr : row_of(id);
    return row != nullptr && row->stream;
}

}  // namespace gpiofs::fs
