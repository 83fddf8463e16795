// SPDX-License-Identifier: MIT
#include "random/settings.h"

#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <random>
#include <string_view>

namespace gpiofs::test {
namespace {

constexpr unsigned all_16 = 0xffff;
constexpr unsigned all_12 = 0x0fff;
constexpr unsigned all_8 = 0x00ff;
constexpr unsigned acbus7 = 0x8000;
constexpr const char* bryx = "0403:6988";
constexpr unsigned bryx_in = 1U << 5U;
constexpr unsigned bryx_out = 1U << 3U;

constexpr std::array<Setting, 13> settings = {{
    {"FT232H", "instant", 1, 16, all_16, all_16, acbus7, ""},
    {"FT232H", "hs", 1, 16, all_16, all_16, acbus7, ""},
    {"FT232H", "fs", 1, 16, all_16, all_16, acbus7, ""},
    {"FT2232H", "instant", 2, 16, all_16, all_16, 0, ""},
    {"FT2232H", "hs", 2, 16, all_16, all_16, 0, ""},
    {"FT2232H", "fs", 2, 16, all_16, all_16, 0, ""},
    {"FT4232H", "instant", 2, 8, all_8, all_8, 0, ""},
    {"FT4232H", "hs", 2, 8, all_8, all_8, 0, ""},
    {"FT4232H", "fs", 2, 8, all_8, all_8, 0, ""},
    {"FT2232D", "instant", 1, 12, all_12, all_12, 0, ""},
    {"FT2232D", "fs", 1, 12, all_12, all_12, 0, ""},
    {"FT232H", "instant", 1, 16, bryx_in, bryx_out, acbus7, bryx},
    {"FT232H", "hs", 1, 16, bryx_in, bryx_out, acbus7, bryx},
}};

long number_in(const char* variable, long otherwise) {
    const char* text = std::getenv(variable);
    return text == nullptr ? otherwise : std::stol(text);
}

long weight(const Setting& setting) {
    const std::string_view bus = setting.bus;
    return bus == "instant" ? 8 : bus == "hs" ? 4 : 1;
}

}  // namespace

std::vector<std::string> Setting::command(unsigned timeout_ms) const {
    std::string board = fmt::format("sim:{},usb={}", chip, bus);
    if (mpsse_interfaces == 2) {
        board += ",interface=AB";
    }
    if (*id != '\0') {
        board += fmt::format(",id={}", id);
    }
    const char* const program = std::getenv("GPIOFS_RANDOM_PROGRAM");
    return {program == nullptr ? GPIOFS_PROGRAM : program, "-f",      "-o",
            fmt::format("timeout_ms={}", timeout_ms),      "--board", board};
}

std::string Setting::name() const {
    return fmt::format("{} usb={}", *id == '\0' ? chip : "Bryx", bus);
}

std::span<const Setting> all_settings() noexcept { return settings; }

std::uint32_t random_seed() {
    static const auto seed = static_cast<std::uint32_t>(
        number_in("GPIOFS_RANDOM_SEED", static_cast<long>(std::random_device{}())));
    return seed;
}

long operations_of(const Setting& setting, long otherwise) {
    long all = 0;
    for (const Setting& each : settings) {
        all += weight(each);
    }
    return number_in("GPIOFS_RANDOM_OPERATIONS", otherwise) * weight(setting) / all + 1;
}

}  // namespace gpiofs::test
