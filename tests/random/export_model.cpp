// SPDX-License-Identifier: MIT
#include "random/export_model.h"

#include <array>

namespace gpiofs::test {

std::string_view edge_word(Edge edge) noexcept {
    constexpr std::array<std::string_view, 4> words = {"none", "rising", "falling", "both"};
    return words[static_cast<std::size_t>(edge)];
}

bool ExportModel::sample(bool level) {
    if (level == previous) {
        return false;
    }
    previous = level;
    const bool rising = level != active_low;
    if (edge != Edge::both && edge != (rising ? Edge::rising : Edge::falling)) {
        return false;
    }
    ++told;
    events.push_back(rising);
    if (events.size() > most_events) {
        events.pop_front();
        ++oldest;
    }
    return true;
}

}  // namespace gpiofs::test
