// SPDX-License-Identifier: MIT
#include "program.h"

#include <doctest/doctest.h>

#include <cerrno>

using namespace gpiofs;
using namespace gpiofs::explore;

namespace {

/// It ended as it may when the chip is taken out meanwhile.
void require_settled(const Request& request) {
    require(request.answered(), "a request was not answered");
    require(!request.error() || request.error().value() == ENODEV, "a wrong answer");
}

}  // namespace

TEST_CASE("retire: the chip goes while two threads read") {
    explore_all({2}, [] {
        Program program;
        const auto first = read_request();
        const auto second = read_request();
        Thread reader = start_thread("reader", [&] { program.chip->bus().submit(first); });
        Thread unplug = start_thread("unplug", [&] { program.take_out(); });
        program.chip->bus().submit(second);
        reader.join();
        unplug.join();
        program.reclaim.drain();
        require_settled(*first);
        require_settled(*second);
    });
}

TEST_CASE("retire: the chip goes while a sample of the worker's is in flight") {
    explore_all({2, 1}, [] {
        Program program;
        program.arm(*program.line);
        Thread unplug = start_thread("unplug", [&] { program.take_out(); });
        const auto request = read_request();
        program.chip->bus().submit(request);
        unplug.join();
        program.reclaim.drain();
        require_settled(*request);
    });
}

TEST_CASE("retire: the chip goes while the board is silent") {
    explore_all({2}, [] {
        Program program;
        program.wire.silent = true;
        const auto request = read_request();
        Thread reader = start_thread("reader", [&] { program.chip->bus().submit(request); });
        program.arm(*program.line);
        until([&] { return program.wire.in_transfer; }, "until a transfer is in flight");
        program.take_out();
        reader.join();
        program.reclaim.drain();
        require_settled(*request);
    });
}
