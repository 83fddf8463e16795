// The command line: one argument for each line of the input.
#include "cli/options.h"

#include "base/text.h"
#include "fuzz/input.h"

#include <string>
#include <vector>

using namespace gpiofs;

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
    }
    return 0;
}
