// SPDX-License-Identifier: MIT
#pragma once

#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <string>
#include <vector>

namespace gpiofs::test {

/// Every chip that can be simulated; interface A has at least eight lines from 512 on.
constexpr std::array<const char*, 4> simulated_chips{"FT232H", "FT2232H", "FT4232H", "FT2232D"};
/// Every value of `usb=`.
constexpr std::array<const char*, 3> usb_speeds{"instant", "hs", "fs"};
/// The FT2232D is a full-speed chip.
inline bool can_be(const std::string& chip, const std::string& usb) {
    return chip != "FT2232D" || usb != "hs";
}

/// The arguments of a mount with one virtual board, whose accesses do not time out because the
/// machine is busy with something else.
inline std::vector<std::string> virtual_board(const std::string& chip, const std::string& usb) {
    return {"-o", "timeout_ms=10000", "--board", fmt::format("sim:{},usb={}", chip, usb)};
}

/// `long_form` with GPIOFS_MOUNT_LONG=1 in the environment, as the counts of an issue are run by
/// hand (build/debug/tests/mount/tests_mount -tc=...); `short_form` otherwise.
inline int count_of(int short_form, int long_form) {
    const char* text = std::getenv("GPIOFS_MOUNT_LONG");
    return text != nullptr && std::string(text) == "1" ? long_form : short_form;
}

}  // namespace gpiofs::test
