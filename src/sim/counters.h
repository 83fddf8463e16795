// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace gpiofs::sim {

/// What a board has done since it was made; unplugging does not clear them. A transfer is a USB
/// transfer, not a packet, and counts when it completes; cancelled and timed-out ones do not.
struct Counters {
    std::uint64_t out_transfers = 0;
    std::uint64_t in_transfers = 0;  ///< Carrying data.
    std::uint64_t status_only = 0;   ///< IN transfers with nothing but status bytes.
    std::uint64_t control_transfers = 0;
    std::uint64_t opcodes = 0;  ///< All that were executed, the bad ones too.
    std::uint64_t bad_opcodes = 0;
};

}  // namespace gpiofs::sim
