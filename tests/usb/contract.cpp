// SPDX-License-Identifier: MIT
#include "contract/check_all.h"
#include "contract/host.h"
#include "usb/fixture.h"

#include <doctest/doctest.h>

#include <array>
#include <map>
#include <memory>
#include <string>

namespace gpiofs::tests {
namespace {

class Libusb final : public contract::CountedRig {
  public:
    Libusb(const std::string& chip, sim::UsbSpeed usb) : fixture_({.chip = chip, .usb = usb}) {}

    /// As a new device, so that what an earlier case has left in the chip is gone.
    std::unique_ptr<transport::Transport> open() override {
        fixture_.fake.chip().set_fault(sim::FaultKind::none, 0);
        fixture_.fake.unplug();
        fixture_.fake.plug();
        auto transport = board()->open(0, {.detach = transport::Detach::any, .deadline = end()});
        contract::start_engine(*transport, end());
        count_from_now();
        return transport;
    }
    void fault(const std::string& words) override {
        const std::map<std::string, std::pair<sim::FaultKind, long>> known = {
            {"0", {sim::FaultKind::none, 0}},
            {"timeout -1", {sim::FaultKind::timeout, -1}},
            {"cut 1", {sim::FaultKind::cut, 1}},
            {"stall 1", {sim::FaultKind::stall, 1}}};
        const auto& [kind, count] = known.at(words);
        fixture_.fake.chip().set_fault(kind, count);
    }
    void unplug() override { fixture_.fake.unplug(); }

  private:
    static TimePoint end() { return tests::in(patience); }

    /// libusb hears of a new device from a thread of its own.
    std::shared_ptr<transport::Board> board() {
        const std::shared_ptr<transport::Board> last = board_;
        REQUIRE(eventually([&] {
            const auto boards = fixture_.source.boards();
            board_ = boards.size() == 1 ? boards[0] : nullptr;
            return board_ && board_ != last && board_->holder(0) != "";
        }));
        return board_;
    }

    contract::Ends counted() override {
        const sim::Counters counters = fixture_.fake.chip().counters();
        return {counters.out_transfers, counters.in_transfers + counters.status_only};
    }

    Fixture fixture_;
    std::shared_ptr<transport::Board> board_ = fixture_.board;
};

void check_chip(const std::string& chip, sim::UsbSpeed usb, const std::string& speed) {
    Libusb rig(chip, usb);
    contract::check_all(rig, "libusb, " + chip + ",usb=" + speed);
}

TEST_CASE("transport contract: libusb, an instant bus") {
    check_chip("FT2232H", sim::UsbSpeed::instant, "instant");
}

TEST_CASE("transport contract: libusb, high speed") {
    check_chip("FT232H", sim::UsbSpeed::high, "hs");
}

TEST_CASE("transport contract: libusb, full speed") {
    check_chip("FT2232D", sim::UsbSpeed::full, "fs");
}

}  // namespace
}  // namespace gpiofs::tests
