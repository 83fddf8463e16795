// SPDX-License-Identifier: MIT
#include "program.h"

#include <doctest/doctest.h>

#include <cerrno>

using namespace gpiofs;
using namespace gpiofs::explore;

TEST_CASE("loss: the worker is the first to find the board gone") {
    explore_all({2, 1}, [] {
        Program program;
        program.arm(*program.line);
        program.wire.gone = true;
        until([&] { return program.taken_out; }, "until the loss is noticed");
        program.none_samples();
    });
}

TEST_CASE("loss: a reader, the worker and the hotplug thread find the board gone") {
    explore_all({2}, [] {
        Program program;
        program.arm(*program.line);
        program.wire.gone = true;
        program.take_out_under_a_reader();
    });
}
