// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace gpiofs::explore {

/// A marker inside an object: tells use after its end, and whether a run has left it behind.
/// The memory of a run's freed objects is overwritten and not used again before the run is over
/// (quarantine.h), so a dead marker never looks alive.
class Alive {
  public:
    Alive() noexcept;
    Alive(const Alive&) = delete;
    Alive& operator=(const Alive&) = delete;
    ~Alive();

    /// Fails the run if the object, called `what` in the report, has been destroyed.
    void check(const char* what) const;

    /// Markers that are alive now, in the whole program.
    static long count() noexcept;

  private:
    volatile std::uint32_t mark_;  // volatile: the last write to it is the one that matters
};

}  // namespace gpiofs::explore
