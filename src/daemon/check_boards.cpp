// SPDX-License-Identifier: MIT
#include "daemon/check_boards.h"

#include "base/clock.h"
#include "base/end_signals.h"
#include "base/error.h"
#include "base/log.h"
#include "base/standard_streams.h"
#include "check/board_check.h"
#include "daemon/virtual_boards.h"
#include "daemon/wanted_boards.h"

#include <fmt/format.h>

#include <atomic>
#include <cerrno>
#include <iostream>
#include <memory>
#include <optional>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <unistd.h>
#include <vector>

namespace gpiofs::daemon {
namespace {

using Boards = std::vector<std::shared_ptr<transport::Board>>;

/// How often the question looks whether a signal came, in milliseconds.
constexpr int signal_look_ms = 100;

enum class Permission { given, refused, nobody_to_ask, ended };

bool has_terminal() { return ::isatty(STDIN_FILENO) != 0 && ::isatty(STDERR_FILENO) != 0; }

Permission ask_to_drive(const check::Wire& wire, const std::string& board,
                        const std::atomic<bool>& ended) {
    if (!has_terminal()) {
        return Permission::nobody_to_ask;
    }
    std::cerr << fmt::format(
                     "{} and {} of {} are driven high and low, one at a time. Nothing but "
                     "the wire between them may be connected. Drive them? [y/N] ",
                     mpsse::pin_name(wire.interface_number, wire.from),
                     mpsse::pin_name(wire.interface_number, wire.to), board)
              << std::flush;
    pollfd input{STDIN_FILENO, POLLIN, 0};
    while (::poll(&input, 1, signal_look_ms) <= 0) {
        if (ended) {
            return Permission::ended;
        }
    }
    std::string answer;
    std::getline(std::cin, answer);
    return answer == "y" || answer == "Y" || answer == "yes" ? Permission::given
                                                             : Permission::refused;
}

/// The checks of one run of the program.
class Run {
  public:
    Run(const cli::Options& options, std::string_view program_version, const Clock& clock,
        const std::atomic<bool>& ended)
        : options_(options), program_version_(program_version), clock_(clock), ended_(ended) {}

    /// The exit status.
    int check(transport::Board& board, const cli::Choice& choice) {
        check::Plan plan;
        plan.chip = choice.chip;
        plan.interfaces = choice.interfaces;
        // Printed when the board has been left: standard output may fail, or end the program.
        std::string text;
        check::Report report([&text](std::string_view line) { text += line; });
        if (options_.wire) {
            const check::Wire wire{options_.wire->from.interface_number, options_.wire->from.offset,
                                   options_.wire->to.offset};
            if (const auto error = check::why_not_wired(wire, board.info(), plan); !error.empty()) {
                log::error(error);
                return cli::usage_status;
            }
            take_wire(wire, board.info().path, plan);
        }
        if (ended_) {
            throw std::runtime_error("--check: ended by a signal: nothing was sent to the board");
        }
        if (nobody_to_ask_) {
            report.incomplete();
            log::error("--wire: no pin is driven: there is no terminal to ask at: add --yes");
        }
        plan.open = {options_.detach, clock_.now() + options_.timeout, options_.take_open_tty,
                     options_.tty_openers};
        check::BoardCheck(board, plan, report, clock_, ended_).run(program_version_);
        report.end();
        print(text);
        return report.good() ? 0 : 1;
    }

  private:
    void take_wire(const check::Wire& wire, const std::string& board, check::Plan& plan) {
        switch (options_.yes ? Permission::given : ask_to_drive(wire, board, ended_)) {
            case Permission::given:
                plan.wire = wire;
                break;
            case Permission::refused:
                plan.wire_refused = "not driven, the answer was no";
                break;
            case Permission::nobody_to_ask:
                plan.wire_refused = "not driven, there is no terminal to ask at";
                nobody_to_ask_ = true;
                break;
            case Permission::ended:
                break;
        }
    }

    const cli::Options& options_;
    const std::string_view program_version_;
    const Clock& clock_;
    const std::atomic<bool>& ended_;
    bool nobody_to_ask_ = false;
};

}  // namespace

int check_boards(const cli::Options& options, std::string_view program_version) {
    std::atomic<bool> ended = false;
    EndSignals end_signals;  // first: it blocks signals for the threads of libusb
    end_signals.watch([&ended] { ended = true; });
    SystemClock clock;
    VirtualBoards virtual_boards(clock);
    add_virtual_boards(options, virtual_boards);
    Boards present = virtual_boards.boards();
    std::optional<usb::UsbBoardSource> usb;
    if (needs_usb(options)) {
        usb.emplace(usb_filter(options));
        const auto on_usb = usb->boards();
        present.insert(present.end(), on_usb.begin(), on_usb.end());
    }
    const auto choices = choose_present(options, present);
    if (options.wire && choices.size() > 1) {
        throw std::runtime_error("--wire: several boards are chosen: name the one with the wire");
    }
    Run run(options, program_version, clock, ended);
    int status = 0;
    for (const auto& choice : choices) {
        const int result = run.check(*present.at(choice.board), choice);
        status = status == 0 ? result : status;
        if (ended) {
            break;
        }
    }
    end_signals.stop_watching();
    return status;
}

}  // namespace gpiofs::daemon
