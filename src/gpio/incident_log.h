// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace gpiofs::gpio {

/// Rungs of the recovery ladder, see gpio/engine.h. The last two are the same rung: of a chip that
/// had lost its power more has to be told.
enum class Rung { claim, resend, resync, restart, power_loss };

/// What the log is told of an interface's failures. In an incident each rung is told when it is
/// first climbed, and at the end that it is over. Of incidents that follow each other, as on a bad
/// cable, a rung is told once a minute, with how often it was climbed untold since. Thread-bound.
class IncidentLog {
  public:
    /// `name` starts the lines; the clock outlives the log.
    IncidentLog(std::string name, const Clock& clock);

    void climbs(Rung rung, std::string_view what);
    void over();

  private:
    struct Told {
        std::optional<TimePoint> at;
        bool in_this_incident = false;
        /// Incidents since then.
        unsigned long untold = 0;
    };

    const std::string name_;
    const Clock& clock_;
    std::array<Told, 5> rungs_;
    /// Something was told of this incident, so its end will be.
    bool spoken_ = false;
};

}  // namespace gpiofs::gpio
