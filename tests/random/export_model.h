// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <deque>
#include <string_view>

namespace gpiofs::test {

enum class Edge { none, rising, falling, both };

/// What `edge` reads, without its newline.
std::string_view edge_word(Edge edge) noexcept;

/// Predicts one export of a line, from `export` until it is unexported or its board goes.
struct ExportModel {
    /// Edges that `events` keeps.
    static constexpr std::size_t most_events = 4096;

    bool dead = false;
    bool active_low = false;
    Edge edge = Edge::none;
    /// The level in the last sample.
    bool previous = false;
    /// Edges told to those who poll `value`, and one more, so that a file is changed until it is
    /// read.
    std::uint64_t told = 1;
    /// The ring of `events`: whether each was rising, and the number of the oldest.
    std::deque<bool> events;
    std::uint64_t oldest = 0;

    /// The number that the next event has.
    std::uint64_t next_event() const noexcept { return oldest + events.size(); }
    /// A sample shows this level on the line, which is armed and an input. Returns whether that is
    /// an edge to tell.
    bool sample(bool level);
};

}  // namespace gpiofs::test
