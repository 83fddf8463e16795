// SPDX-License-Identifier: MIT
#include "program.h"

#include <doctest/doctest.h>

using namespace gpiofs;
using namespace gpiofs::explore;

namespace {

/// Whoever transfers next finds that the chip had lost its power, with the bus in its hands.
void lose_power(Program& program) {
    program.wire.at_next_transfer = [&program] { program.chip->power_lost(); };
}

/// The lines go before the worker is told to.
void until_worker_ends() {
    until([] { return Scheduler::running().alive("poll") == 0; }, "until the worker ends");
}

}  // namespace

TEST_CASE("power loss: the worker is the first to find it") {
    explore_all({2, 1}, [] {
        Program program;
        program.arm(*program.line);
        lose_power(program);
        until([&] { return program.line->dead(); }, "until the line goes");
        until_worker_ends();
        program.none_samples();
        program.take_out();
    });
}

TEST_CASE("power loss: a reader or the worker finds it while another line is armed") {
    explore_all({2}, [] {
        Program program;
        program.arm(*program.line);
        lose_power(program);
        Thread other = start_thread("front end", [&] { program.arm(*program.other_line); });
        const auto request = read_request();
        program.chip->bus().submit(request);
        other.join();
        until([&] { return program.line->dead() && program.other_line->dead(); },
              "until the lines go");
        until_worker_ends();
        program.none_samples();
        require(request->answered(), "a request was not answered");
        program.take_out();
    });
}

TEST_CASE("power loss: a line is exported and armed again while the old worker is being joined") {
    explore_all({2, 1}, [] {
        Program program;
        program.arm(*program.line);
        lose_power(program);
        until([&] { return program.line->dead(); }, "until the line goes");
        program.arm(*program.chip->export_line(program.line->offset(), 4));
        program.one_samples();
        program.take_out();
    });
}

TEST_CASE("power loss: the board goes just then") {
    explore_all({2}, [] {
        Program program;
        program.arm(*program.line);
        lose_power(program);
        program.take_out_under_a_reader();
    });
}
