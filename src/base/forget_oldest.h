// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

namespace gpiofs {

/// Bounds what is remembered of things that come and go: while `map` has more than `most` entries,
/// erases the one with the smallest `used` for which `in_use(key, value)` is false. Those in use
/// stay, however many they are. The caller has the map's lock.
template <typename Map, typename InUse>
void forget_oldest(Map& map, std::size_t most, InUse in_use) {
    while (map.size() > most) {
        auto oldest = map.end();
        for (auto entry = map.begin(); entry != map.end(); ++entry) {
            if (!in_use(entry->first, entry->second) &&
                (oldest == map.end() || entry->second.used < oldest->second.used)) {
                oldest = entry;
            }
        }
        if (oldest == map.end()) {
            return;
        }
        map.erase(oldest);
    }
}

}  // namespace gpiofs
