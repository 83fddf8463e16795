// SPDX-License-Identifier: MIT
// The command line: one argument for each line of the input.
#include "cli/options.h"

#include "base/text.h"
#include "fuzz/input.h"
#include "spec/values.h"

#include <string>
#include <vector>

using namespace gpiofs;

namespace {

/// What the rest of the program takes for granted.
void check(const cli::Options& options) {
    if (options.intent != cli::Options::Intent::run) {
        return;
    }
    const int places = (options.mount_point.empty() ? 0 : 1) +
                       (options.mount_below.empty() ? 0 : 1) + (options.at_sysfs ? 1 : 0);
    test::require(places == 1);
    test::require(options.timeout > Duration::zero());
    test::require(options.sample_interval >= Duration::zero());
    test::require((options.umask & ~0777U) == 0);
    test::require(!options.debug || options.foreground);
    test::require(!options.base || *options.base <= spec::max_base);
    for (const auto& option : options.mount_options) {
        test::require(!option.empty());
    }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::vector<std::string> words;
    for (const auto word : split(up_to_nul(test::as_text(data, size)), '\n')) {
        words.emplace_back(word);
    }
    std::vector<const char*> arguments;
    arguments.reserve(words.size());
    for (const auto& word : words) {
        arguments.push_back(word.c_str());
    }
    const auto parsed = cli::parse_options(arguments);
    if (const auto* error = std::get_if<cli::UsageError>(&parsed)) {
        test::require(!error->text.empty());
    } else {
        check(std::get<cli::Options>(parsed));
    }
    return 0;
}
