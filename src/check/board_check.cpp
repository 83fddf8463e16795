// SPDX-License-Identifier: MIT
#include "check/board_check.h"

#include "base/error.h"
#include "base/log.h"
#include "check/conversation.h"
#include "check/opcode_check.h"
#include "check/settings_check.h"
#include "check/timing_check.h"
#include "gpio/engine.h"
#include "mpsse/known_boards.h"

#include <fmt/format.h>
#include <sys/utsname.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace gpiofs::check {
namespace {

/// wMaxPacketSize of bulk endpoints at full speed, at most (USB 2.0 section 5.8.3).
constexpr std::size_t full_speed_packet = 64;

constexpr auto leaving_time = std::chrono::milliseconds(500);

std::string letters(const std::vector<unsigned>& interfaces) {
    std::string text;
    for (const unsigned number : interfaces) {
        text += text.empty() ? "" : " ";
        text += static_cast<char>('A' + number);
    }
    return text;
}

std::vector<unsigned> first(unsigned count) {
    std::vector<unsigned> numbers;
    for (unsigned number = 0; number < count; ++number) {
        numbers.push_back(number);
    }
    return numbers;
}

std::string kernel() {
    utsname names{};
    if (::uname(&names) != 0) {
        return "unknown";
    }
    return fmt::format("{} {} {}", static_cast<const char*>(names.sysname),
                       static_cast<const char*>(names.release),
                       static_cast<const char*>(names.machine));
}

}  // namespace

std::string why_not_wired(const Wire& wire, const transport::BoardInfo& board, const Plan& plan) {
    const auto limits = mpsse::line_limits(board.vendor, board.product, *plan.chip);
    for (const unsigned offset : {wire.from, wire.to}) {
        const unsigned bit = 1U << offset;
        if ((limits.can_input & limits.can_output & bit) == 0) {
            return fmt::format(
                "--wire: {} is no line of this {} that can be input and output: "
                "name two that can",
                mpsse::pin_name(wire.interface_number, offset), plan.chip->name);
        }
    }
    if (std::find(plan.interfaces.begin(), plan.interfaces.end(), wire.interface_number) ==
        plan.interfaces.end()) {
        return fmt::format("--wire: {} is not on a selected interface: add interface={} to BOARD",
                           mpsse::pin_name(wire.interface_number, wire.from),
                           static_cast<char>('A' + wire.interface_number));
    }
    return {};
}

BoardCheck::BoardCheck(transport::Board& board, Plan plan, Report& report, const Clock& clock,
                       const std::atomic<bool>& ended)
    : board_(board), plan_(std::move(plan)), report_(report), clock_(clock), ended_(ended) {}

void BoardCheck::run(std::string_view program_version) {
    describe_board(program_version);
    for (const unsigned number : plan_.interfaces) {
        if (ended_) {
            report_.incomplete();
            return;
        }
        check_interface(number);
    }
    if (!plan_.wire_refused.empty()) {
        report_.fact("wire", plan_.wire_refused);
    }
}

void BoardCheck::describe_board(std::string_view program_version) {
    const transport::BoardInfo& info = board_.info();
    report_.fact("program", fmt::format("mpsse-gpiofs {}", program_version));
    report_.fact("kernel", kernel());
    report_.fact("board", info.path + (info.virtual_board ? ", virtual" : ""));
    report_.fact("chip", fmt::format("{}, by its bcdDevice", plan_.chip->name));
    report_.fact("usb_id", fmt::format("{:04x}:{:04x}", info.vendor, info.product));
    report_.fact("bcd_device", fmt::format("{:04x}", info.bcd_device));
    report_.fact("serial",
                 info.serial ? "present, not shown because it identifies its owner" : "none");
    report_.fact("usb_interfaces", fmt::format("{}", info.interfaces));
    report_.fact("mpsse_interfaces", letters(first(plan_.chip->mpsse_interfaces)));
    report_.fact("checked_interfaces", letters(plan_.interfaces));
}

void BoardCheck::check_interface(unsigned number) {
    report_.fact("interface", letters({number}));
    const std::string holder = board_.holder(number);
    std::unique_ptr<transport::Transport> wire;
    try {
        wire = board_.open(number, plan_.open);
    } catch (const std::system_error& error) {
        report_.incomplete();
        log::error(error.what());
        return;
    }
    in_mpsse_ = false;
    std::optional<std::uint8_t> latency;
    try {
        describe_interface(*wire, holder);
        latency = Conversation(*wire, clock_, ended_).latency_timer();
        report_.fact("latency_timer_at_entry_ms",
                     latency ? fmt::format("{}", *latency) : "unknown, the chip does not tell");
        check_engine(*wire, number);
    } catch (const std::system_error& error) {
        if (error.code() == errno_code(ECANCELED)) {
            failed(number, "ended by a signal: start it again for a complete report");
        } else {
            report_.suspicious("failed", error.what(), "the chip does not answer as it should");
            failed(number, fmt::format("{}: plug the board in again, and send the report all the "
                                       "same",
                                       error.what()));
        }
    }
    leave(std::move(wire), latency);
}

void BoardCheck::describe_interface(const transport::Transport& wire, const std::string& holder) {
    report_.fact("kernel_driver", holder.empty()           ? "none"
                                  : wire.detached_driver() ? holder + ", detached"
                                                           : holder);
    const bool high_speed = wire.packet_size() > full_speed_packet;
    report_.fact("packet_size", fmt::format("{}", wire.packet_size()));
    if (high_speed && !plan_.chip->high_speed) {
        report_.suspicious("usb_speed", "high, by the packet size",
                           fmt::format("an {} has full speed only", plan_.chip->name));
    } else {
        report_.fact("usb_speed", high_speed ? "high, by the packet size"
                                  : plan_.chip->high_speed
                                      ? "full, by the packet size; the chip can do high speed"
                                      : "full, by the packet size");
    }
}

void BoardCheck::check_engine(transport::Transport& wire, unsigned number) {
    Conversation talk(wire, clock_, ended_);
    talk.enter_mpsse();
    in_mpsse_ = true;
    report_.fact("mpsse", "entered, both bad commands are echoed");
    check_pins_at_entry(talk, *plan_.chip, report_);
    check_opcodes(talk, *plan_.chip, report_);
    check_settings(talk, report_);
    const Duration command = check_timing(talk, report_);
    if (plan_.wire && plan_.wire->interface_number == number) {
        check_wire(talk, *plan_.wire, command, report_);
    }
}

void BoardCheck::leave(std::unique_ptr<transport::Transport> wire,
                       std::optional<std::uint8_t> latency) {
    const std::atomic<bool> go_on = false;
    const mpsse::Banks banks = mpsse::banks_of(plan_.chip->pins());
    auto how = gpio::OnExit::automatic;
    std::string failure;
    try {
        Conversation talk(*wire, clock_, go_on);
        if (latency) {
            talk.set_latency_timer(*latency);
        }
        if (in_mpsse_) {
            mpsse::CommandBuffer inputs;
            inputs.loopback_off();
            inputs.set_pins({}, banks);
            talk.ask(inputs);
        } else {
            how = gpio::OnExit::reset;
        }
    } catch (const std::exception& error) {
        // The chip's own mode ends what the check drives.
        how = gpio::OnExit::reset;
        failure = error.what();
    }
    const bool reset = how == gpio::OnExit::reset || wire->detached_driver();
    const std::string_view mode =
        reset ? "in the chip's own mode" : "in MPSSE mode, all lines inputs";
    if (failure.empty()) {
        report_.fact("left", mode);
    } else {
        report_.suspicious("left", mode, failure);
    }
    gpio::Engine(std::move(wire), board_.info().path, banks, clock_)
        .stop(how, clock_.now() + leaving_time);
}

std::string BoardCheck::name_of(unsigned number) const {
    const transport::BoardInfo& info = board_.info();
    return fmt::format("{} ({:04x}:{:04x}) {}", info.path, info.vendor, info.product,
                       letters({number}));
}

void BoardCheck::failed(unsigned number, const std::string& why) {
    report_.incomplete();
    log::error(fmt::format("{}: {}", name_of(number), why));
}

}  // namespace gpiofs::check
