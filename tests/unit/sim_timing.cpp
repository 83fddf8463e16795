#include "sim_rig.h"

#include <doctest/doctest.h>

using namespace gpiofs;
using namespace gpiofs::test;
using namespace std::chrono_literals;
using sim::UsbSpeed;
using sim::UsbStatus;

namespace {

/// A multi-packet write or a serial round trip as a host sees it.
Duration time_of_write(SimRig& rig, const Bytes& bytes) {
    const TimePoint start = rig.clock.now();
    CHECK(rig.write(bytes, 0, 1s).status() == UsbStatus::complete);
    return rig.clock.now() - start;
}

Duration time_of_read(SimRig& rig, std::size_t size) {
    const TimePoint start = rig.clock.now();
    CHECK(rig.read(size).status() == UsbStatus::complete);
    return rig.clock.now() - start;
}

}  // namespace

TEST_CASE("sim timing: a high-speed transfer takes what captures of a real chip show") {
    SimRig rig("FT232H", UsbSpeed::high);
    rig.clock.advance(1s);
    const Duration write = time_of_write(rig, {0x81, 0x87});
    CHECK(write >= 14us);
    CHECK(write <= 38us);
    const Duration read = time_of_read(rig, 512);
    CHECK(rig.raw.size() == 3);
    CHECK(read >= 14us);
    CHECK(read <= 33us);
}
