// SPDX-License-Identifier: MIT
#include "check/settings_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

namespace gpiofs::check {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;

/// Neither is the value of power-up, 16, nor 119, which lets an FT232R's EEPROM be written. The
/// last one is so long that no machine is busy enough to hide that a reply came before it.
constexpr std::array<std::uint8_t, 2> latencies_ms = {17, 200};
/// What the program itself sets.
constexpr std::uint8_t usual_latency_ms = 17;
constexpr int replies = 8;

bool keeps_settings(Conversation& talk, Report& report) {
    for (const std::uint8_t given : latencies_ms) {
        talk.set_latency_timer(given);
        const auto kept = talk.latency_timer();
        if (!kept) {
            report.suspicious("latency_timer_kept", "unknown",
                              "the chip does not answer GET LATENCY TIMER");
            return false;
        }
        if (*kept != given) {
            report.suspicious("latency_timer_kept",
                              fmt::format("no, set to {} ms it reads {} ms", given, *kept),
                              "an imitation of an FTDI chip, which ignores SET LATENCY TIMER");
            return false;
        }
    }
    report.fact("latency_timer_kept", "yes");
    return true;
}

Duration quickest(Conversation& talk, const mpsse::CommandBuffer& commands, int count) {
    Duration least = Duration::max();
    for (int i = 0; i < count; ++i) {
        least = std::min(least, talk.exchange(commands).took);
    }
    return least;
}

void check_send_immediate(Conversation& talk, Report& report) {
    mpsse::CommandBuffer plain;
    plain.get_pins(mpsse::Banks::low);
    mpsse::CommandBuffer immediate;
    immediate.get_pins(mpsse::Banks::low);
    immediate.send_immediate();
    const Duration with = quickest(talk, immediate, replies);
    const Duration without = talk.exchange(plain).took;
    const std::chrono::milliseconds latency(latencies_ms.back());
    const bool ends_wait = with < latency / 2;
    const std::string value =
        fmt::format("{}, a reply takes {} us, without 0x87 {} us, with a latency timer of {} ms",
                    ends_wait ? "yes" : "no", duration_cast<microseconds>(with).count(),
                    duration_cast<microseconds>(without).count(), latency.count());
    if (ends_wait) {
        report.fact("send_immediate_ends_wait", value);
    } else {
        report.suspicious("send_immediate_ends_wait", value, "every access would take that long");
    }
}

}  // namespace

void check_settings(Conversation& talk, Report& report) {
    if (keeps_settings(talk, report)) {
        check_send_immediate(talk, report);
        talk.set_latency_timer(usual_latency_ms);
    } else {
        report.fact("send_immediate_ends_wait", "unknown, because the latency timer is not known");
    }
}

}  // namespace gpiofs::check
