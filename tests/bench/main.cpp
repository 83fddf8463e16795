// SPDX-License-Identifier: MIT
#include "base/clock.h"
#include "support/mount.h"
#include "topics.h"

#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <exception>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>

using namespace gpiofs;
using namespace gpiofs::bench;

namespace {

struct Topic {
    std::string_view name;
    void (*measure)(const Scale&, Report&);
};

constexpr std::array<Topic, 5> topics = {{{"access", measure_access},
                                          {"sharing", measure_sharing},
                                          {"wake", measure_wake},
                                          {"pulses", measure_pulses},
                                          {"worker", measure_worker}}};

struct Options {
    Scale scale;
    std::string json;
    std::string only;
};

std::optional<Options> parse(int count, char** words) {
    Options options;
    for (int i = 1; i < count; ++i) {
        const std::string_view word = words[i];
        if (word == "--quick") {
            options.scale.quick = true;
        } else if (word.starts_with("--json=")) {
            options.json = word.substr(std::string_view("--json=").size());
        } else if (word.starts_with("--only=")) {
            options.only = word.substr(std::string_view("--only=").size());
        } else {
            return std::nullopt;
        }
    }
    return options;
}

}  // namespace

int main(int count, char** words) {
    const auto options = parse(count, words);
    if (!options) {
        fmt::print(stderr,
                   "usage: bench-mpsse-gpiofs [--quick] [--json=FILE] "
                   "[--only=access|sharing|wake|pulses|worker]\n");
        return 2;
    }
    if (const std::string why = test::why_no_mount(); !why.empty()) {
        fmt::print(stderr, "bench-mpsse-gpiofs: {}\n", why);
        return 77;
    }
    Report report;
    for (const Topic& topic : topics) {
        if (!options->only.empty() && options->only != topic.name) {
            continue;
        }
        const SystemClock clock;
        const TimePoint begun = clock.now();
        try {
            topic.measure(options->scale, report);
        } catch (const std::exception& error) {
            fmt::print(stderr, "bench-mpsse-gpiofs: {}: {}\n", topic.name, error.what());
            return 1;
        }
        fmt::print(stderr, "{}: {:.0f} s\n", topic.name, seconds(clock.now() - begun));
    }
    fmt::print("{}", to_markdown(report));
    if (!options->json.empty()) {
        std::ofstream file(options->json);
        file << to_json(report);
        if (!file.flush()) {
            fmt::print(stderr, "bench-mpsse-gpiofs: cannot write {}\n", options->json);
            return 1;
        }
    }
    return 0;
}
