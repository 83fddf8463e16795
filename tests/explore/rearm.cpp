// SPDX-License-Identifier: MIT
#include "program.h"

#include <doctest/doctest.h>

using namespace gpiofs;
using namespace gpiofs::explore;

TEST_CASE("re-arm: a line is armed again while its old worker is being joined") {
    explore_all({2, 1}, [] {
        Program program;
        program.arm(*program.line);
        program.disarm(*program.line);
        program.arm(*program.line);
        program.one_samples();
        program.take_out();
    });
}

TEST_CASE("re-arm: one thread arms a line while another disarms the only armed one") {
    explore_all({2}, [] {
        Program program;
        program.arm(*program.line, gpio::Edge::rising);
        Thread other = start_thread("front end", [&] { program.disarm(*program.line); });
        program.arm(*program.other_line, gpio::Edge::falling);
        other.join();
        program.one_samples();
        program.take_out();
    });
}

TEST_CASE("re-arm: a line is armed while its chip goes") {
    explore_all({2, 1}, [] {
        Program program;
        Thread other = start_thread("front end", [&] {
            program.arm(*program.line);
            program.disarm(*program.line);
            program.arm(*program.line);
        });
        program.take_out();
        other.join();
        program.none_samples();
    });
}
