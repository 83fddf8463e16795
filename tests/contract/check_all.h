// SPDX-License-Identifier: MIT
#pragma once

#include "contract/cases.h"

#include <doctest/doctest.h>

#include <string_view>

namespace gpiofs::contract {

/// Checks every case that suits `rig`, and says which are left out.
inline void check_all(Rig& rig, std::string_view door) {
    for (const Case& one : cases()) {
        if (!suits(one, rig)) {
            MESSAGE(door << ": left out: " << one.name);
            continue;
        }
        const auto broken = check(one, rig);
        CHECK_MESSAGE(!broken, door << ": " << one.name << ": " << broken.value_or(""));
    }
}

}  // namespace gpiofs::contract
