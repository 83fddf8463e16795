// SPDX-License-Identifier: MIT
// The text of `events`, cut into reads anywhere, beside its lines taken one by one.
#include "base/text.h"
#include "fuzz/input.h"
#include "monitor/event_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace gpiofs;
using namespace gpiofs::monitor;
using test::require;

namespace {

bool same(const Edge& a, const Edge& b) {
    return a.nanoseconds == b.nanoseconds && a.rising == b.rising && a.lost == b.lost;
}

std::string shown(const Edge& edge) {
    return fmt::format("{} {} {}", edge.nanoseconds, edge.rising ? "rising" : "falling", edge.lost);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    // The first byte seeds where the reads end.
    unsigned cut = size == 0 ? 0 : data[0];
    const std::string_view text = size == 0 ? "" : test::as_text(data + 1, size - 1);

    EventText parser;
    std::vector<Edge> edges;
    bool accepted = true;
    for (std::string_view rest = text; accepted && !rest.empty();) {
        cut = (cut * 73 + 41) % 256;
        const std::size_t length = std::min<std::size_t>(1 + cut % 64, rest.size());
        accepted = parser.feed(rest.substr(0, length), edges);
        rest.remove_prefix(length);
    }

    auto lines = split(text, '\n');
    lines.pop_back();  // what has no end yet
    std::size_t good = 0;
    for (const auto line : lines) {
        // Leading zeros make a line longer than any that is written.
        const auto edge = line.size() <= 49 ? parse_edge(line) : std::nullopt;
        if (!edge) {
            require(!accepted);
            break;
        }
        require(good < edges.size() && same(edges[good], *edge));
        require(same(*parse_edge(shown(*edge)), *edge));
        ++good;
    }
    require(edges.size() == good);
    return 0;
}
