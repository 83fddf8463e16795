// SPDX-License-Identifier: MIT
#include "monitor/event_text.h"

#include "base/text.h"

#include <limits>

namespace gpiofs::monitor {
namespace {

/// Two numbers of 20 digits, a word of 7 letters, two spaces.
constexpr std::size_t longest_line = 49;

/// Takes the text before the next space off the front.
std::string_view take_word(std::string_view& text) noexcept {
    const auto end = text.find(' ');
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return word;
}

}  // namespace

std::optional<Edge> parse_edge(std::string_view line) noexcept {
    constexpr auto max = std::numeric_limits<std::uint64_t>::max();
    const auto nanoseconds = parse_decimal(take_word(line), max);
    const auto edge = edges_named(take_word(line));
    const auto lost = parse_decimal(line, max);
    if (!nanoseconds || !edge || *edge == Edges::both || !lost) {
        return std::nullopt;
    }
    return Edge{*nanoseconds, *edge == Edges::rising, *lost};
}

bool EventText::feed(std::string_view piece, std::vector<Edge>& edges) {
    while (true) {
        const auto end = piece.find('\n');
        rest_ += piece.substr(0, end == std::string_view::npos ? longest_line + 1 : end);
        if (rest_.size() > longest_line) {
            return false;
        }
        if (end == std::string_view::npos) {
            return true;
        }
        const auto edge = parse_edge(rest_);
        rest_.clear();
        if (!edge) {
            return false;
        }
        edges.push_back(*edge);
        piece.remove_prefix(end + 1);
    }
}

}  // namespace gpiofs::monitor
