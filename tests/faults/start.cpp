// SPDX-License-Identifier: MIT
// A board at fault that is opened: it is not in MPSSE mode yet.
#include "faults/attempts.h"
#include "faults/moves.h"
#include "faults/scene.h"
#include "model/exchanges.h"
#include "model/stream_rig.h"

#include <doctest/doctest.h>

using namespace gpiofs;
using namespace gpiofs::test;
using std::chrono::microseconds;

namespace {

/// A chip that has lost its power is a UART again, and plays the driver's bytes out on TXD.
mpsse::PinMask may_move(const Cell& cell) {
    return cell.fault == "power-loss" ? mpsse::PinMask{0x0001} : mpsse::PinMask{0};
}

}  // namespace

TEST_CASE("a board is started") {
    for_each_cell(Operation::start, [](const Cell& cell) {
        INFO(cell.name());
        const LogLines log;
        ScriptedClock clock;
        Rig rig(clock, high_speed_board());
        rig.timeout = std::chrono::milliseconds(150);
        auto engine = rig.engine();
        Moves moves(rig.board());
        if (cell.disconnects()) {
            clock.in(microseconds(20), [&] { rig.bench.write(0, "plugged", "0"); });
        } else {
            rig.bench.write(0, "fault", fault_words(cell));
        }
        const auto start = [&] {
            const TimePoint deadline = rig.deadline();
            const int error = errno_of([&] { engine->start(deadline); });
            CHECK(clock.now() <= deadline + std::chrono::milliseconds(1));
            return std::error_code(error, std::generic_category());
        };
        Attempts attempts(cell);
        while (attempts.again(start())) {
        }
        attempts.check();
        rig.bench.write(0, "fault", "0");
        if (cell.disconnects()) {
            engine.reset();
            rig.bench.write(0, "plugged", "1");
            engine = rig.engine();
            moves.forget();
        }
        CHECK_FALSE(start());
        CHECK((moves.seen() & ~may_move(cell)) == 0);
        const auto [error, levels] = read_levels(rig, *engine);
        CHECK_FALSE(error);
        CHECK(levels == 0xffff);
        CHECK(log.about("sim0").empty());
    });
}
