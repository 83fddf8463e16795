// SPDX-License-Identifier: MIT
#include "gpio/object_id.h"

#include "base/error.h"

#include <cerrno>
#include <mutex>
#include <utility>

namespace gpiofs::gpio {
namespace {

constexpr std::uint64_t distinct = std::uint64_t{1} << distinct_id_bits;

}  // namespace

ObjectId ObjectIds::next() {
    ObjectId id;
    std::uint64_t low = 0;
    {
        const std::lock_guard lock(claims_->mutex);
        if (claims_->in_use.size() >= distinct / 2) {
            throw_errno(ENOSPC, "too many lines are exported or kept open");
        }
        do {
            low = ++claims_->last % distinct;
        } while (!claims_->in_use.insert(low).second);
        id.number_ = claims_->last;
    }
    const auto release = [claims = claims_, low](const void* /*none*/) noexcept {
        const std::lock_guard lock(claims->mutex);
        claims->in_use.erase(low);
    };
    // Calls release() if it throws.
    id.claim_ = std::shared_ptr<const void>(nullptr, release);
    return id;
}

}  // namespace gpiofs::gpio
