// SPDX-License-Identifier: MIT
#include "random/client.h"
#include "support/skip.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <iostream>

using namespace gpiofs::test;

namespace {

constexpr long short_run = 13'000;
/// Of an access that finds the power lost. Any other takes less, also on a machine that is busy
/// with ten things at once, where a line that is streamed without cost in time uses all the
/// processor it gets.
constexpr unsigned timeout_ms = 5000;
/// Once in so many operations of a long run. A loss costs the time-out for each chip.
constexpr long operations_to_a_loss = 16'000;
constexpr long operations_to_an_unplug = 4000;

std::string end_of_log(const Mount& mount) {
    constexpr std::size_t most_shown = 2000;
    const std::string log = mount.log();
    return log.substr(log.size() - std::min(log.size(), most_shown));
}

/// A difference is printed, and fails the test.
void run_client(Mount& mount, const Setting& setting, unsigned which, long operations) {
    std::unique_ptr<Client> client;
    try {
        client = std::make_unique<Client>(mount, setting, Chance(random_seed(), which, 0));
        // In a short run one of all settings does, another one with another seed.
        const bool loses_power = operations > operations_to_a_loss ||
                                 (random_seed() + which) % all_settings().size() == 0;
        long warm = 0;
        for (long number = 0; number < operations; ++number) {
            const auto in_the_middle = [&](long every) {
                return number % every == operations / 2 % every;
            };
            if (loses_power && in_the_middle(operations_to_a_loss)) {
                client->lose_power();
            } else if (in_the_middle(operations_to_an_unplug)) {
                client->unplug_and_replug();
            }
            client->step();
            if (number == operations / 4) {
                warm = mount.resident_kib();
            }
        }
        const long growth = mount.resident_kib() - warm;
        std::cout << fmt::format(
            "FIGURE: random: {}: {} operations, {} edges, 0 differences, {:+} KiB\n",
            setting.name(), client->operations(), client->edges(), growth);
        if (memory_is_told) {
            CHECK(growth < most_growth_kib);
        }
    } catch (const std::exception& e) {
        std::cout << "FAILURE: difference\n";
        FAIL_CHECK(
            fmt::format("{}, GPIOFS_RANDOM_SEED={} GPIOFS_RANDOM_OPERATIONS as given: {}\n"
                        "the end of the program's log:\n{}",
                        setting.name(), random_seed(), e.what(), end_of_log(mount)));
    }
}

/// All buses of a board.
void compare(std::string_view chip, bool limits) {
    NEEDS_MOUNT();
    std::cout << fmt::format("GPIOFS_RANDOM_SEED={}\n", random_seed()) << std::flush;
    unsigned which = 0;
    for (const Setting& setting : all_settings()) {
        ++which;
        if (setting.chip == chip && (*setting.id != '\0') == limits) {
            Mount mount(setting.command(timeout_ms), "export");
            run_client(mount, setting, which, operations_of(setting, short_run));
            CHECK(mount.stop() == 0);
            CHECK(sanitizer_report(mount.log()) == "");
        }
    }
}

}  // namespace

TEST_CASE("one client finds what a model predicts: FT232H") { compare("FT232H", false); }
TEST_CASE("one client finds what a model predicts: FT2232H") { compare("FT2232H", false); }
TEST_CASE("one client finds what a model predicts: FT4232H") { compare("FT4232H", false); }
TEST_CASE("one client finds what a model predicts: FT2232D") { compare("FT2232D", false); }
TEST_CASE("one client finds what a model predicts: Bryx") { compare("FT232H", true); }
