// SPDX-License-Identifier: MIT
#pragma once

#include "base/sync.h"

#include <cstdint>
#include <memory>
#include <unordered_set>

namespace gpiofs::gpio {

/// Two living objects never share the lowest bits of their ids, so many of them.
constexpr unsigned distinct_id_bits = 19;

/// The id of a chip or line: never 0 and never used again. Copies are the same id; its lowest bits
/// are not given to another object before the last copy has gone.
class ObjectId {
  public:
    ObjectId() = default;
    /// An id that ObjectIds has not given, for an object outside a registry.
    // NOLINTNEXTLINE(google-explicit-constructor): a number is an id, only without a claim
    ObjectId(std::uint64_t number) noexcept : number_(number) {}

    std::uint64_t number() const noexcept { return number_; }

  private:
    friend class ObjectIds;

    std::uint64_t number_ = 0;
    std::shared_ptr<const void> claim_;  ///< on the lowest bits
};

/// Gives ids, in ascending order. Thread-safe; ids may outlive it.
class ObjectIds {
  public:
    /// Throws std::system_error ENOSPC if half of the numbers of distinct_id_bits are in use.
    ObjectId next();

  private:
    struct Claims {
        Mutex mutex;
        std::uint64_t last = 0;                    ///< guarded by mutex
        std::unordered_set<std::uint64_t> in_use;  ///< lowest bits; guarded by mutex
    };

    std::shared_ptr<Claims> claims_ = std::make_shared<Claims>();
};

}  // namespace gpiofs::gpio
