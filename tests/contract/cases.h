// SPDX-License-Identifier: MIT
#pragma once

#include "contract/rig.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>

/// What transport/transport.h promises of queued transfers, as cases that every transport passes.
namespace gpiofs::contract {

struct Case {
    std::string_view name;
    /// A set of Need.
    unsigned needs = nothing;
    void (*run)(Rig& rig) = nullptr;
};

std::span<const Case> cases() noexcept;

/// Whether the rig has what the case needs.
inline bool suits(const Case& one, const Rig& rig) noexcept {
    return (one.needs & rig.lacks()) == 0;
}

/// What is broken, or nothing. Other exceptions of the rig's pass.
std::optional<std::string> check(const Case& one, Rig& rig);

}  // namespace gpiofs::contract
