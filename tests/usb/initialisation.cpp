// SPDX-License-Identifier: MIT
#include "base/clock.h"
#include "gpio/engine.h"
#include "usb/fixture.h"

#include <doctest/doctest.h>

#include <utility>
#include <vector>

namespace gpiofs::tests {
namespace {

/// wValue and bRequest of the start-up that AN_135 section 4.2 describes, in the order that keeps
/// queued bytes off the pins: purge OUT, mode 0, no event and error characters, latency, MPSSE
/// mode, purge IN. At the end the latency timer is read back.
const std::vector<std::pair<int, int>> documented{{0x00, 1},  {0x0b, 0},      {0x06, 0}, {0x07, 0},
                                                  {0x09, 17}, {0x0b, 0x0200}, {0x00, 2}, {0x0a, 0}};

TEST_CASE("the MPSSE engine starts with the documented requests in order, on its interface only") {
    Fixture fixture;
    const SystemClock clock;
    const mpsse::Banks banks{};
    gpio::Engine engine(fixture.open(1), "1-1 B", banks, clock);
    engine.start(in(patience));

    std::vector<std::pair<int, int>> seen;
    for (const sim::SetupPacket& setup : fixture.fake.usbfs().requests()) {
        CHECK(setup.request_type == (setup.request == 0x0a ? 0xc0 : 0x40));
        CHECK(setup.index == 2);
        seen.emplace_back(setup.request, setup.value);
    }
    CHECK(seen == documented);
    CHECK(fixture.fake.chip().counters().control_transfers >= documented.size());
    CHECK(fixture.fake.usbfs().counts().resets == 0);
}

}  // namespace
}  // namespace gpiofs::tests
