// SPDX-License-Identifier: MIT
#include "program.h"

#include <doctest/doctest.h>

#include <cerrno>

using namespace gpiofs;
using namespace gpiofs::explore;

namespace {

void until_answered(const Request& request) {
    until([&request] { return request.answered(); }, "until a reader is answered");
}

/// Nobody is left waiting, and the thread that has recovered the board is gone.
void finish(Program& program, const Request& first, const Request& second) {
    until_answered(first);
    until_answered(second);
    until([] { return Scheduler::running().alive("poll") == 0; }, "until the worker ends");
    program.none_samples();
    program.take_out();
}

}  // namespace

TEST_CASE("recovery: two readers of a board that is silent for a moment are answered") {
    explore_all({2}, [] {
        Program program;
        program.wire.time_outs = 1;
        const auto first = read_request();
        const auto second = read_request();
        Thread reader = start_thread("reader", [&] { program.chip->bus().submit(second); });
        program.chip->bus().submit(first);
        reader.join();
        finish(program, *first, *second);
        require(first->error() || second->error(), "the time-out was not told");
    });
}

TEST_CASE("recovery: the first attempt fails, and the next one heals the board") {
    explore_all({1, 1}, [] {
        Program program;
        program.wire.time_outs = 2;
        const auto first = read_request();
        const auto second = read_request();
        program.chip->bus().submit(first);
        require(first->error().value() == ETIMEDOUT, "the time-out was not told");
        program.chip->bus().submit(second);
        finish(program, *first, *second);
    });
}

TEST_CASE("recovery: the board goes during it") {
    explore_all({2}, [] {
        Program program;
        program.wire.time_outs = 2;
        const auto first = read_request();
        const auto second = read_request();
        Thread unplug = start_thread("unplug", [&] { program.take_out(); });
        program.chip->bus().submit(first);
        program.chip->bus().submit(second);
        unplug.join();
        until_answered(*first);
        until_answered(*second);
        program.none_samples();
    });
}

TEST_CASE("recovery: a line is armed during it and sampled after it") {
    explore_all({2}, [] {
        Program program;
        program.wire.time_outs = 1;
        const auto request = read_request();
        Thread front_end = start_thread("front end", [&] { program.arm(*program.line); });
        program.chip->bus().submit(request);
        front_end.join();
        until_answered(*request);
        program.one_samples();
        program.take_out();
    });
}
