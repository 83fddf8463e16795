// SPDX-License-Identifier: MIT
#pragma once

#include "gpio/bus.h"
#include "mpsse/pins.h"

namespace gpiofs::gpio {

/// Compares one sample with the one before it under the armed masks. Levels are the wire's, not
/// inverted by active_low. Thread-bound.
class EdgeDetector {
  public:
    /// Which edges of a line to report from now on. `level` is what a sample just found there, so
    /// that the next sample fires only for what happens after arming.
    void set(unsigned offset, bool rising, bool falling, bool level) noexcept;
    /// Which edges to report of a line that is armed already; no sample is needed for that.
    void choose(unsigned offset, bool rising, bool falling) noexcept;
    void clear(unsigned offset) noexcept;

    /// Lines with at least one armed edge.
    mpsse::PinMask armed() const noexcept {
        return static_cast<mpsse::PinMask>(rising_ | falling_);
    }

    /// The next sample of these lines tells their level and is no edge.
    void forget(mpsse::PinMask lines) noexcept { known_ &= static_cast<mpsse::PinMask>(~lines); }

    /// The armed lines on which `sample` shows an armed edge.
    mpsse::PinMask feed(const Sample& sample) noexcept;

  private:
    mpsse::PinMask rising_ = 0;
    mpsse::PinMask falling_ = 0;
    mpsse::PinMask previous_ = 0;
    mpsse::PinMask known_ = 0;  ///< lines whose level is in previous_
};

}  // namespace gpiofs::gpio
