// SPDX-License-Identifier: MIT
#include "check/opcode_check.h"

#include "base/error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cerrno>
#include <optional>
#include <string>
#include <vector>

namespace gpiofs::check {
namespace {

using mpsse::Opcode;

/// AN_108 section 6.1.
constexpr std::uint8_t refusal = 0xfa;

enum class Answer { nothing, one_byte, refused };

struct Probe {
    Bytes command;
    /// Nothing: FTDI does not say.
    std::optional<Answer> expected;
    /// What it means if the answer is another.
    std::string_view otherwise;
};

std::string hex(const Bytes& bytes) { return fmt::format("{:02x}", fmt::join(bytes, " ")); }

bool is_refusal(const Bytes& reply, std::uint8_t opcode) {
    return reply.size() >= 2 && reply[0] == refusal && reply[1] == opcode;
}

bool is(Answer expected, const Bytes& reply, std::uint8_t opcode) {
    switch (expected) {
        case Answer::nothing:
            return reply.empty();
        case Answer::one_byte:
            return reply.size() == 1;
        case Answer::refused:
            return reply.size() == 2 && is_refusal(reply, opcode);
    }
    return false;
}

std::string describe(const Bytes& reply, std::uint8_t opcode) {
    if (reply.empty()) {
        return "no reply";
    }
    return is_refusal(reply, opcode) ? fmt::format("refused ({})", hex(reply)) : hex(reply);
}

/// Whether the answer is one byte.
bool probe_one(Conversation& talk, const Probe& probe, Report& report) {
    const std::uint8_t opcode = probe.command.front();
    const std::string name = fmt::format("reply_to_0x{:02x}", opcode);
    const auto marker =
        opcode == static_cast<std::uint8_t>(Opcode::other_bad) ? Opcode::bad : Opcode::other_bad;
    Bytes reply;
    try {
        reply = talk.ask(probe.command, marker);
    } catch (const std::system_error& error) {
        if (error.code() != errno_code(ETIMEDOUT)) {
            throw;
        }
        report.suspicious(name, "timeout", "the engine executes nothing after it");
        talk.enter_mpsse();
        return false;
    }
    const std::string value = describe(reply, opcode);
    if (!probe.expected || is(*probe.expected, reply, opcode)) {
        report.fact(name, value);
    } else {
        report.suspicious(name, value, probe.otherwise);
    }
    return reply.size() == 1;
}

}  // namespace

void check_opcodes(Conversation& talk, const mpsse::ChipType& chip, Report& report) {
    const bool has_high = contains(mpsse::banks_of(chip.pins()), mpsse::Banks::high);
    const auto in_high = [has_high](Answer answer) {
        return has_high ? std::optional(answer) : std::nullopt;
    };
    const Answer h_only = chip.high_speed ? Answer::nothing : Answer::refused;
    constexpr std::string_view other_chip = "the chip is not what its bcdDevice says";
    constexpr std::string_view no_engine = "an MPSSE engine sends no reply";
    constexpr std::string_view no_low = "an MPSSE engine replies with one byte";
    constexpr std::string_view no_high = "the chip has no high bank, and its bcdDevice has one";
    constexpr std::string_view no_echo = "an MPSSE engine refuses it with fa and the opcode";
    const std::vector<Probe> probes = {
        {{0x80, 0x00, 0x00}, Answer::nothing, no_engine},
        {{0x81}, Answer::one_byte, no_low},
        {{0x82, 0x00, 0x00}, in_high(Answer::nothing), no_high},
        {{0x83}, in_high(Answer::one_byte), no_high},
        {{0x84}, Answer::nothing, no_engine},
        {{0x85}, Answer::nothing, no_engine},
        {{0x87}, Answer::nothing, no_engine},
        {{0x8a}, h_only, other_chip},
        {{0x8b}, h_only, other_chip},
        {{0xaa}, Answer::refused, no_echo},
        {{0xab}, Answer::refused, no_echo},
    };
    std::string banks;
    for (const Probe& probe : probes) {
        if (!probe_one(talk, probe, report)) {
            continue;
        }
        if (probe.command.front() == static_cast<std::uint8_t>(Opcode::get_low)) {
            banks += "low";
        } else if (probe.command.front() == static_cast<std::uint8_t>(Opcode::get_high)) {
            banks += has_high ? " high" : ", and the high one, which has no pins";
        }
    }
    report.fact("banks_that_answer", banks.empty() ? "none" : banks);
    report.fact("status_bytes", hex({talk.status_bytes().begin(), talk.status_bytes().end()}));
}

void check_pins_at_entry(Conversation& talk, const mpsse::ChipType& chip, Report& report) {
    mpsse::CommandBuffer low;
    low.loopback_off();
    low.set_pins({}, mpsse::Banks::low);
    low.get_pins(mpsse::Banks::low);
    report.fact("pins_at_entry_low", hex(talk.ask(low)));
    if (!contains(mpsse::banks_of(chip.pins()), mpsse::Banks::high)) {
        report.fact("pins_at_entry_high", "none: the chip has no high bank");
        return;
    }
    mpsse::CommandBuffer high;
    high.set_pins({}, mpsse::Banks::high);
    high.get_pins(mpsse::Banks::high);
    report.fact("pins_at_entry_high", hex(talk.ask(high)));
}

}  // namespace gpiofs::check
