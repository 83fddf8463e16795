// SPDX-License-Identifier: MIT
#include "monitor/options.h"
#include "monitor/period.h"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

using namespace gpiofs;
using namespace gpiofs::monitor;
using namespace std::chrono_literals;

namespace {

std::variant<Options, UsageError> parse(std::vector<std::string> words) {
    words.insert(words.begin(), "mpsse-gpiomon");
    std::vector<char*> arguments;
    arguments.reserve(words.size() + 1);
    for (auto& word : words) {
        arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    return parse_options(static_cast<int>(words.size()), arguments.data());
}

/// The complaint about a command line; "accepted" if there is none.
std::string complaint(const std::vector<std::string>& words) {
    const auto parsed = parse(words);
    const auto* error = std::get_if<UsageError>(&parsed);
    return error != nullptr ? error->text : "accepted";
}

bool blames(const std::vector<std::string>& words, const std::string& part) {
    const std::string text = complaint(words);
    INFO(text);
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("monitor: a period is in milliseconds unless it has a unit") {
    CHECK(parse_period("0") == Duration(0));
    CHECK(parse_period("250") == Duration(250ms));
    CHECK(parse_period("250ms") == Duration(250ms));
    CHECK(parse_period("10us") == Duration(10us));
    CHECK(parse_period("5s") == Duration(5s));
    CHECK(parse_period("2m") == Duration(2min));
    CHECK(parse_period("9223372036s") == Duration(9223372036s));
    for (const char* bad : {"", "ms", "-1", "+1", " 1", "1 s", "1.5s", "5ns", "5h", "5S", "5sec",
                            "0x10", "9223372037s", "99999999999999999999"}) {
        CAPTURE(bad);
        CHECK(parse_period(bad) == std::nullopt);
    }
}

TEST_CASE("monitor: the command line without options watches for both edges without an end") {
    const auto options = std::get<Options>(parse({"/run/gpio/gpio513", "gpio514"}));
    CHECK(options.intent == Options::Intent::run);
    CHECK(options.count == std::nullopt);
    CHECK(options.idle == std::nullopt);
    CHECK(options.edges == Edges::both);
    REQUIRE(options.lines.size() == 2);
    CHECK(options.lines[0].folder() == "/run/gpio/gpio513");
    CHECK(options.lines[1].folder() == "gpio514");
}

TEST_CASE("monitor: options may be long or short, and stand behind the lines") {
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"-n", "3", "-i", "5s", "-e", "rising", "--root", "/run/gpio/",
                                   "513"},
          {"513", "--num-events=3", "--idle-timeout=5s", "--edges=rising", "--root=/run/gpio"}}) {
        const auto options = std::get<Options>(parse(words));
        CHECK(options.count == 3);
        CHECK(options.idle == Duration(5s));
        CHECK(options.edges == Edges::rising);
        REQUIRE(options.lines.size() == 1);
        CHECK(options.lines[0].typed() == "513");
        CHECK(options.lines[0].folder() == "/run/gpio/gpio513");
    }
    const auto unlimited = std::get<Options>(parse({"-n0", "-i0", "x"}));
    CHECK(unlimited.count == std::nullopt);
    CHECK(unlimited.idle == std::nullopt);
    CHECK(std::get<Options>(parse({"--help"})).intent == Options::Intent::help);
    CHECK(std::get<Options>(parse({"-v", "--nonsense"})).intent == Options::Intent::version);
}

TEST_CASE("monitor: --root is for numbers alone, wherever it stands") {
    const auto options = std::get<Options>(parse({"513", "by/gpio514", "--root", "/"}));
    REQUIRE(options.lines.size() == 2);
    CHECK(options.lines[0].folder() == "/gpio513");
    CHECK(options.lines[1].folder() == "by/gpio514");
}

TEST_CASE("monitor: bad usage is told of with what was typed") {
    CHECK(blames({}, "LINE"));
    CHECK(blames({"513"}, "'513'"));
    CHECK(blames({"513"}, "--root"));
    CHECK(blames({""}, "''"));
    CHECK(blames({"a\nb"}, "control"));
    CHECK(blames({"--root", "/x", "4294967296"}, "'4294967296'"));
    CHECK(blames({"--root", "", "1"}, "--root"));
    CHECK(blames({"-n", "-1", "x"}, "'-1'"));
    CHECK(blames({"-n", "two", "x"}, "'two'"));
    CHECK(blames({"-i", "5h", "x"}, "'5h'"));
    CHECK(blames({"-e", "up", "x"}, "'up'"));
    CHECK(blames({"-x", "x"}, "'-x'"));
    CHECK(blames({"-xn", "x"}, "'-x'"));
    CHECK(blames({"--bored", "x"}, "'--bored'"));
    CHECK(blames({"--edges=both", "-xn"}, "'-x'"));
    CHECK(blames({"--help=x"}, "'--help=x': takes no value"));
    CHECK(blames({"x", "-n"}, "'-n'"));
    CHECK(blames({"x", "--edges"}, "'--edges'"));
}

TEST_CASE("monitor: every option of --help is accepted") {
    const std::string help = help_text();
    for (const char* option : {"-e", "--edges", "-i", "--idle-timeout", "-n", "--num-events",
                               "--root", "-h", "--help", "-v", "--version"}) {
        CAPTURE(option);
        CHECK(help.find(option) != std::string::npos);
        CHECK(complaint({option, "both", "gpio1"}).find("no such option") == std::string::npos);
    }
}
