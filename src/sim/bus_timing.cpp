// SPDX-License-Identifier: MIT
#include "sim/bus_timing.h"

#include <chrono>

namespace gpiofs::sim {
namespace {

using namespace std::chrono_literals;

/// What USB adds to the data of a bulk packet, in byte times: USB 2.0 tables 5-9 and 5-10.
constexpr std::size_t full_speed_overhead = 13;
constexpr std::size_t high_speed_overhead = 55;

BusTiming defaults(UsbSpeed speed) noexcept {
    switch (speed) {
        case UsbSpeed::high:
            return {.submit = 12us,
                    .packet = Duration(125us) / 13,
                    .complete = 12us,
                    .control = 50us,
                    .command = 500ns};
        case UsbSpeed::full:
            return {.submit = 12us,
                    .frame = 1ms,
                    .packet = Duration(1ms) / 19,
                    .complete = 12us,
                    .control = 1ms,
                    .command = 500ns};
        case UsbSpeed::instant:
            break;
    }
    return {};
}

template <typename Unit>
void take(Duration& duration, const std::optional<std::uint32_t>& setting) noexcept {
    if (setting) {
        duration = Unit(*setting);
    }
}

}  // namespace

Duration BusTiming::packet_time(std::size_t size) const noexcept {
    if (packet == Duration::zero()) {
        return packet;
    }
    const std::size_t overhead = packet_size == 512 ? high_speed_overhead : full_speed_overhead;
    return packet * static_cast<Duration::rep>(size + overhead) /
           static_cast<Duration::rep>(packet_size + overhead);
}

Duration BusTiming::packets_time(std::size_t size) const noexcept {
    const std::size_t rest = size % packet_size;
    const Duration full = packet * static_cast<Duration::rep>(size / packet_size);
    return rest != 0 || size == 0 ? full + packet_time(rest) : full;
}

TimePoint BusTiming::frame_start(TimePoint at) const noexcept {
    if (frame == Duration::zero()) {
        return at;
    }
    const Duration into = at.time_since_epoch() % frame;
    return into == Duration::zero() ? at : at + (frame - into);
}

BusTiming bus_timing(const BoardConfig& config, std::size_t packet_size) noexcept {
    BusTiming timing = defaults(config.usb);
    timing.packet_size = packet_size;
    take<std::chrono::microseconds>(timing.submit, config.submit_us);
    take<std::chrono::microseconds>(timing.frame, config.frame_us);
    take<std::chrono::nanoseconds>(timing.packet, config.packet_ns);
    take<std::chrono::microseconds>(timing.complete, config.complete_us);
    take<std::chrono::microseconds>(timing.control, config.control_us);
    take<std::chrono::nanoseconds>(timing.command, config.engine_ns);
    return timing;
}

}  // namespace gpiofs::sim
