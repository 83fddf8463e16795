// SPDX-License-Identifier: MIT
#include "monitor/period.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace gpiofs::monitor {
namespace {

struct Unit {
    std::string_view name;
    Duration length;
};

constexpr std::array<Unit, 5> units = {{{"", std::chrono::milliseconds(1)},
                                        {"us", std::chrono::microseconds(1)},
                                        {"ms", std::chrono::milliseconds(1)},
                                        {"s", std::chrono::seconds(1)},
                                        {"m", std::chrono::minutes(1)}}};

}  // namespace

std::optional<Duration> parse_period(std::string_view text) noexcept {
    const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const std::string_view name = text.substr(digits);
    const auto* const unit = std::find_if(units.begin(), units.end(),
                                          [name](const Unit& each) { return each.name == name; });
    if (unit == units.end()) {
        return std::nullopt;
    }
    const auto most = static_cast<std::uint64_t>(Duration::max() / unit->length);
    const auto count = parse_decimal(text.substr(0, digits), most);
    if (!count) {
        return std::nullopt;
    }
    return unit->length * static_cast<Duration::rep>(*count);
}

}  // namespace gpiofs::monitor
