// SPDX-License-Identifier: MIT
#include "sim/pin_id.h"

#include <fmt/format.h>

namespace gpiofs::sim {

std::string pin_name(PinId pin) {
    return fmt::format("{}{}bus{}", static_cast<char>('a' + pin.interface), pin.bit < 8 ? 'd' : 'c',
                       pin.bit % 8);
}

std::optional<PinId> parse_pin(std::string_view name) noexcept {
    const bool shaped = name.size() == 6 && name.substr(2, 3) == "bus" && name[0] >= 'a' &&
                        name[0] <= 'd' && (name[1] == 'c' || name[1] == 'd') && name[5] >= '0' &&
                        name[5] <= '7';
    if (!shaped) {
        return std::nullopt;
    }
    const auto bit = static_cast<unsigned>(name[5] - '0') + (name[1] == 'c' ? 8U : 0U);
    return PinId{static_cast<unsigned>(name[0] - 'a'), bit};
}

}  // namespace gpiofs::sim
