// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace gpiofs::fs {

/// Whether the kernel takes a text written to `uevent`: ACTION [UUID [KEY=VALUE ...]], one space
/// apart, keys and values of letters and digits (Linux Documentation/ABI/testing/sysfs-uevent and
/// lib/kobject_uevent.c, which also bounds the number of pairs: that is left out).
bool is_synthetic_uevent(std::string_view text) noexcept;

}  // namespace gpiofs::fs
