// SPDX-License-Identifier: MIT
#include "monitor/event_text.h"
#include "monitor/line_name.h"
#include "support/files.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cerrno>
#include <fcntl.h>
#include <string>
#include <vector>

using namespace gpiofs::monitor;
using gpiofs::test::TemporaryFolder;

namespace {

std::string shown(const std::vector<Edge>& edges) {
    std::string text;
    for (const Edge& edge : edges) {
        text += fmt::format("{} {} {}\n", edge.nanoseconds, edge.rising ? "rising" : "falling",
                            edge.lost);
    }
    return text;
}

}  // namespace

TEST_CASE("monitor: a line of events is a time, an edge and a count of losses, and nothing else") {
    const auto edge = parse_edge("123456789012345 rising 7");
    REQUIRE(edge);
    CHECK(edge->nanoseconds == 123456789012345);
    CHECK(edge->rising);
    CHECK(edge->lost == 7);
    CHECK_FALSE(parse_edge("1 falling 0")->rising);
    CHECK(parse_edge("18446744073709551615 falling 18446744073709551615"));
    for (const char* bad :
         {"", "1", "1 rising", "1 rising ", "1 both 0", "1 none 0", "1  rising 0", " 1 rising 0",
          "1 rising 0 ", "1 rising 0 0", "-1 rising 0", "1 Rising 0", "1 rising x",
          "18446744073709551616 rising 0", "1 rising 0\r"}) {
        CAPTURE(bad);
        CHECK_FALSE(parse_edge(bad));
    }
}

TEST_CASE("monitor: reads may cut the text of events anywhere") {
    const std::string text = "1 rising 0\n22 falling 3\n333 rising 0\n";
    for (std::size_t first = 0; first <= text.size(); ++first) {
        for (std::size_t second = first; second <= text.size(); ++second) {
            EventText parser;
            std::vector<Edge> edges;
            REQUIRE(parser.feed(text.substr(0, first), edges));
            REQUIRE(parser.feed(text.substr(first, second - first), edges));
            REQUIRE(parser.feed(text.substr(second), edges));
            REQUIRE(shown(edges) == text);
        }
    }
}

TEST_CASE("monitor: text that is no edge ends the reading, and the edges before it count") {
    EventText parser;
    std::vector<Edge> edges;
    CHECK_FALSE(parser.feed("1 rising 0\nnonsense\n2 rising 0\n", edges));
    CHECK(shown(edges) == "1 rising 0\n");
    // A line without an end is not collected for ever.
    EventText endless;
    edges.clear();
    CHECK_FALSE(endless.feed(std::string(1 << 20, '7'), edges));
    EventText slow;
    bool accepted = true;
    for (int i = 0; i < 100 && accepted; ++i) {
        accepted = slow.feed("7", edges);
    }
    CHECK_FALSE(accepted);
    CHECK(edges.empty());
}

TEST_CASE("monitor: a line that is not exported is told of with the command that exports it") {
    const TemporaryFolder tree;
    const std::string root = tree.path();
    gpiofs::test::open_file(tree.path() / "export", O_WRONLY | O_CREAT);
    const auto why = [](const LineName& name) { return name.why_absent(ENOENT); };
    CHECK(why(LineName("513", root, 513)) == "not exported: echo 513 > " + root + "/export");
    CHECK(why(LineName("513", root + "//", 513)) == "not exported: echo 513 > " + root + "/export");
    CHECK(why(LineName(root + "/gpio513")) == "not exported: echo 513 > " + root + "/export");
    CHECK(why(LineName(root + "/gpio513/")) == "not exported: echo 513 > " + root + "/export");
    CHECK(why(LineName(root + "/pump")).starts_with("no such folder: "));
    CHECK(why(LineName(root + "/gpiochip0")).starts_with("no such folder: "));
    CHECK(why(LineName(root + "/gone/gpio513"))
              .starts_with("no such folder, and '" + root + "/gone'"));
    CHECK(LineName(root).why_absent(EACCES).starts_with("Permission denied: "));
    // As it is to be typed.
    std::filesystem::create_directory(tree.path() / "it's here");
    gpiofs::test::open_file(tree.path() / "it's here/export", O_WRONLY | O_CREAT);
    CHECK(why(LineName(root + "/it's here/gpio1")) ==
          "not exported: echo 1 > '" + root + "/it'\\''s here/export'");
}
