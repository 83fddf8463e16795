// SPDX-License-Identifier: MIT
#include "contract/check_all.h"
#include "contract/host.h"
#include "sim/bench.h"

#include <doctest/doctest.h>

#include <memory>
#include <string>

using namespace gpiofs;
using namespace gpiofs::contract;

namespace {

class InProcess final : public CountedRig {
  public:
    InProcess(const std::string& chip, sim::UsbSpeed usb) {
        sim::BoardConfig config;
        config.chip = chip;
        config.usb = usb;
        bench_.add(config);
    }

    std::unique_ptr<transport::Transport> open() override {
        bench_.write(0, "fault", "0");
        bench_.write(0, "plugged", "0");  // what an earlier case has left in the chip goes with it
        bench_.write(0, "plugged", "1");
        auto transport = bench_.boards().at(0)->open(0, {});
        start_engine(*transport, in(patience));
        count_from_now();
        return transport;
    }
    void fault(const std::string& words) override { bench_.write(0, "fault", words); }
    void unplug() override { bench_.write(0, "plugged", "0"); }

  private:
    Ends counted() override {
        const sim::Counters counters = bench_.board(0).counters();
        return {counters.out_transfers, counters.in_transfers + counters.status_only};
    }

    SystemClock clock_;
    sim::Bench bench_{clock_};
};

void check_chip(const std::string& chip, sim::UsbSpeed usb, const std::string& speed) {
    InProcess rig(chip, usb);
    check_all(rig, "in process, " + chip + ",usb=" + speed);
}

}  // namespace

TEST_CASE("transport contract: in process, instant") {
    for (const char* chip : {"FT232H", "FT2232H", "FT4232H", "FT2232D"}) {
        check_chip(chip, sim::UsbSpeed::instant, "instant");
    }
}

TEST_CASE("transport contract: in process, high speed") {
    for (const char* chip : {"FT232H", "FT2232H", "FT4232H"}) {
        check_chip(chip, sim::UsbSpeed::high, "hs");
    }
}

TEST_CASE("transport contract: in process, full speed") {
    for (const char* chip : {"FT232H", "FT2232H", "FT4232H", "FT2232D"}) {
        check_chip(chip, sim::UsbSpeed::full, "fs");
    }
}
