// SPDX-License-Identifier: MIT
#include "program.h"

#include <doctest/doctest.h>

using namespace gpiofs;
using namespace gpiofs::explore;

namespace {

/// Disarms a line when the bus is its: the holder of the bus carries this out, and that may be the
/// worker that it stops.
class DisarmRequest final : public Request {
  public:
    DisarmRequest(Program& program) : program_(program) { reads = mpsse::Banks::low; }
    void in_order(const gpio::JobResult& /*result*/) noexcept override {
        program_.disarm(*program_.line);
    }

  private:
    Program& program_;
};

}  // namespace

TEST_CASE("worker stop: a line is armed and disarmed, and the list drained") {
    explore_all({3, 1}, [] {
        Program program;
        program.arm(*program.line);
        program.disarm(*program.line);
        program.none_samples();
        program.take_out();
    });
}

TEST_CASE("worker stop: two threads disarm at once, and one of them drains") {
    explore_all({2, 1}, [] {
        Program program;
        program.arm(*program.line);
        program.arm(*program.other_line);
        Thread other = start_thread("front end", [&] {
            program.disarm(*program.other_line);
            program.disarm(*program.line);
        });
        program.disarm(*program.line);
        program.reclaim.drain();
        other.join();
        program.none_samples();
        program.take_out();
    });
}

TEST_CASE("worker stop: a worker carries out the request that stops it") {
    explore_all({2, 1}, [] {
        Program program;
        program.arm(*program.line);
        const auto request = std::make_shared<DisarmRequest>(program);
        program.chip->bus().submit(request);
        until([&] { return request->answered(); }, "until the line is disarmed");
        program.none_samples();
        program.take_out();
    });
}

TEST_CASE("worker stop: everything ends while it samples") {
    explore_all({2, 1}, [] {
        Program program;
        program.arm(*program.line);
        program.take_out();
    });
}
