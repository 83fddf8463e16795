// SPDX-License-Identifier: MIT
#include "program.h"

#include <doctest/doctest.h>

using namespace gpiofs;
using namespace gpiofs::explore;

namespace {

/// Takes the bus as a stream does, and lets it go again: nothing is armed.
void take_bus(Program& program) {
    program.chip->bus().stream(std::chrono::seconds(1), [] { return true; });
}

}  // namespace

TEST_CASE("hand-over: who wants to stream gets the bus from who holds it, and requests go on") {
    explore_all({2}, [] {
        Program program;
        Thread streamer = start_thread("stream", [&] { take_bus(program); });
        const auto first = read_request();
        Thread client = start_thread("client", [&] { program.chip->bus().submit(first); });
        const auto second = read_request();
        program.chip->bus().submit(second);
        client.join();
        streamer.join();
        require(first->answered() && second->answered(), "a request was not answered");
        program.take_out();
    });
}

TEST_CASE("hand-over: two want to stream") {
    explore_all({2}, [] {
        Program program;
        Thread streamer = start_thread("stream", [&] { take_bus(program); });
        const auto request = read_request();
        Thread client = start_thread("client", [&] { program.chip->bus().submit(request); });
        take_bus(program);
        client.join();
        streamer.join();
        require(request->answered(), "a request was not answered");
        program.take_out();
    });
}

TEST_CASE("hand-over: the chip is taken out while somebody waits for the bus") {
    explore_all({2}, [] {
        Program program;
        Thread streamer = start_thread("stream", [&] { take_bus(program); });
        const auto request = read_request();
        Thread client = start_thread("client", [&] { program.chip->bus().submit(request); });
        program.take_out();
        client.join();
        streamer.join();
        require(request->answered(), "a request was not answered");
    });
}
