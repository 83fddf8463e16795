// SPDX-License-Identifier: MIT
#include "check/wire_check.h"

#include "mpsse/chip_type.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace gpiofs::check {
namespace {

using mpsse::Banks;
using mpsse::PinMask;

constexpr unsigned glitch_reads = 32;
/// Their replies fit into the smallest FIFO, 384 bytes (DS_FT2232D section 4.2).
constexpr unsigned toggles = 200;
/// Reads between the two changes of a pulse, at most.
constexpr unsigned longest_pulse = 64;

PinMask mask_of(unsigned offset) { return static_cast<PinMask>(1U << offset); }

/// One pin drives, the other one listens.
class OneWay {
  public:
    OneWay(Conversation& talk, unsigned from, unsigned to)
        : talk_(talk),
          from_(mask_of(from)),
          to_(mask_of(to)),
          driving_(mpsse::banks_of(from_)),
          listening_(mpsse::banks_of(to_)) {}

    void drive(bool level) { batch_.set_pins({level ? from_ : PinMask{0}, from_}, driving_); }
    void release() { batch_.set_pins({}, driving_); }
    void listen(unsigned times = 1) {
        for (unsigned i = 0; i < times; ++i) {
            batch_.get_pins(listening_);
        }
    }
    /// Runs the batch; what the listening pin was at each listen().
    std::vector<bool> run() { return run_for(to_, listening_); }
    /// What the driving pin itself reads.
    bool own_level() {
        batch_.get_pins(driving_);
        return run_for(from_, driving_).back();
    }

  private:
    std::vector<bool> run_for(PinMask pin, Banks bank) {
        batch_.send_immediate();
        const auto answer = talk_.exchange(batch_);
        batch_.clear();
        std::vector<bool> levels;
        for (const std::uint8_t byte : answer.reply) {
            levels.push_back((mpsse::levels_from_reply(std::span(&byte, 1), bank) & pin) != 0);
        }
        return levels;
    }

    Conversation& talk_;
    PinMask from_;
    PinMask to_;
    Banks driving_;
    Banks listening_;
    mpsse::CommandBuffer batch_;
};

/// Both levels, and inputs again. False if the wire cannot be used.
bool check_levels(OneWay way, std::string_view name, Report& report) {
    std::string arrived;
    bool follows = true;
    bool free = true;
    for (const bool level : {false, true}) {
        way.drive(level);
        way.listen();
        const bool seen = way.run().back();
        free = free && way.own_level() == level;
        follows = follows && seen == level;
        arrived +=
            fmt::format("{}{} reads {}", arrived.empty() ? "" : ", ", level ? 1 : 0, seen ? 1 : 0);
        if (!free) {
            break;
        }
    }
    way.release();
    way.run();
    if (!free) {
        report.suspicious(name, arrived,
                          "the driven pin does not take its level: something else "
                          "drives it");
    } else if (!follows) {
        report.suspicious(name, arrived, "the pins are not wired to each other");
    } else {
        report.fact(name, arrived);
    }
    return free && follows;
}

/// `high` or `low` on an input: one command, read directly afterwards. The level may come late, by
/// the time that the wire takes; once it has come, or if it was there before, it must stay.
void check_glitch(OneWay way, bool level, std::string_view name, Report& report) {
    way.listen();
    way.drive(level);
    way.listen(glitch_reads);
    const auto seen = way.run();
    way.release();
    way.run();
    const auto arrival = std::find(seen.begin(), seen.end(), level);
    const auto late = arrival - seen.begin() - (arrival == seen.begin() ? 0 : 1);
    const auto wrong = std::count(arrival, seen.end(), !level);
    const std::string value =
        fmt::format("{} in {} reads, level seen after {}", wrong, glitch_reads, late);
    if (arrival == seen.end()) {
        report.suspicious(name, value, "the level never comes");
    } else if (wrong > 0) {
        report.suspicious(name, value, "the level is not steady");
    } else {
        report.fact(name, value);
    }
}

void check_toggles(OneWay way, Report& report) {
    way.drive(false);
    way.listen();
    for (unsigned i = 0; i < toggles; ++i) {
        way.drive(i % 2 == 0);
        way.listen();
    }
    const auto seen = way.run();
    unsigned changes = 0;
    for (std::size_t i = 1; i < seen.size(); ++i) {
        changes += seen[i] != seen[i - 1] ? 1U : 0U;
    }
    const std::string value = fmt::format("{} of {}", changes, toggles);
    if (changes == toggles) {
        report.fact("wire_toggles_seen", value);
    } else {
        report.suspicious("wire_toggles_seen", value, "a read does not see the change before it");
    }
}

void check_pulse(OneWay way, Duration command, Report& report) {
    using Microseconds = std::chrono::duration<double, std::micro>;
    for (unsigned reads = 1; reads <= longest_pulse; ++reads) {
        way.drive(false);
        way.run();
        way.drive(true);
        way.listen(reads);
        way.drive(false);
        const auto seen = way.run();
        if (std::find(seen.begin(), seen.end(), true) != seen.end()) {
            const unsigned commands = reads + 1;
            report.fact("wire_shortest_pulse",
                        fmt::format("{} commands, {:.1f} us", commands,
                                    Microseconds(commands * command).count()));
            return;
        }
    }
    report.suspicious("wire_shortest_pulse", fmt::format("none up to {} commands", longest_pulse),
                      "a read does not see the change before it");
}

}  // namespace

void check_wire(Conversation& talk, const Wire& wire, Duration command, Report& report) {
    const OneWay forth(talk, wire.from, wire.to);
    const OneWay back(talk, wire.to, wire.from);
    report.fact("wire", fmt::format("{} {}", mpsse::pin_name(wire.interface_number, wire.from),
                                    mpsse::pin_name(wire.interface_number, wire.to)));
    const bool works =
        check_levels(forth, "wire_forth", report) && check_levels(back, "wire_back", report);
    if (!works) {
        report.incomplete();
        return;
    }
    check_glitch(forth, true, "wire_high_glitches", report);
    check_glitch(forth, false, "wire_low_glitches", report);
    check_toggles(forth, report);
    check_pulse(forth, command, report);
    OneWay last = forth;
    last.release();
    last.run();
}

}  // namespace gpiofs::check
