// SPDX-License-Identifier: MIT
#include "gpio/incident_log.h"

#include "base/log.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

namespace gpiofs::gpio {
namespace {

constexpr auto quiet_time = std::chrono::minutes(1);

}  // namespace

IncidentLog::IncidentLog(std::string name, const Clock& clock)
    : name_(std::move(name)), clock_(clock) {}

void IncidentLog::climbs(Rung rung, std::string_view what) {
    Told& told = rungs_[static_cast<std::size_t>(rung)];
    if (std::exchange(told.in_this_incident, true)) {
        return;
    }
    const TimePoint now = clock_.now();
    if (told.at && now - *told.at < quiet_time) {
        ++told.untold;
        return;
    }
    const auto untold = std::exchange(told.untold, 0);
    log::warning(untold == 0 ? fmt::format("{}: {}", name_, what)
                             : fmt::format("{}: {} (and {} times since this was last told)", name_,
                                           what, untold));
    told.at = now;
    spoken_ = true;
}

void IncidentLog::over() {
    for (Told& told : rungs_) {
        told.in_this_incident = false;
    }
    if (std::exchange(spoken_, false)) {
        log::info(name_ + ": in step again");
    }
}

}  // namespace gpiofs::gpio
