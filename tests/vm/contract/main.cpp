// SPDX-License-Identifier: MIT
// usb_contract SERIAL CONTROL HOST BUSID: what transport/transport.h promises, over libusb and the
// kernel's USB stack. SERIAL is the first board of an mpsse-sim whose control socket is CONTROL; it
// is exported by HOST as BUSID and attached. Prints what was checked and what was left out; status
// 1 with lines "FAIL: ..." if something is broken.

#include "base/log.h"
#include "contract/cases.h"
#include "contract/host.h"
#include "support/process.h"
#include "transport/board.h"
#include "usb/usb_board_source.h"
#include "vm/sim_control.h"

#include <fmt/format.h>
#include <system_error>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <memory>
#include <string>
#include <utility>

using namespace gpiofs;
using contract::Broken;
using contract::Case;

namespace {

bool any_id(std::uint16_t, std::uint16_t) { return true; }

class OverUsbIp final : public contract::CountedRig {
  public:
    OverUsbIp(std::string serial, const std::string& control, std::string host, std::string busid)
        : serial_(std::move(serial)),
          host_(std::move(host)),
          busid_(std::move(busid)),
          control_(control) {}

    /// What the network has not carried when the board goes is lost with it.
    unsigned lacks() const noexcept override { return contract::keeps; }
    std::unique_ptr<transport::Transport> open() override {
        control_.set("fault", "0");
        if (unplugged_) {
            plug();
        }
        std::unique_ptr<transport::Transport> transport;
        if (!test::wait_until([&] { return (transport = try_open()) != nullptr; })) {
            throw Broken("the board cannot be opened");
        }
        contract::start_engine(*transport, in(contract::patience));
        count_from_now();
        return transport;
    }
    void fault(const std::string& words) override { control_.set("fault", words); }
    void unplug() override {
        unplugged_ = true;
        control_.set("plugged", "0");
    }

  private:
    contract::Ends counted() override {
        const test::Transfers transfers = control_.transfers();
        return {transfers.out, transfers.in + transfers.status_only};
    }

    std::shared_ptr<transport::Board> board() {
        const auto boards = source_.boards();
        const auto found = std::find_if(boards.begin(), boards.end(), [this](const auto& one) {
            return one->info().serial == serial_;
        });
        return found == boards.end() ? nullptr : *found;
    }

    void plug() {
        const bool gone = test::wait_until([this] { return board() == nullptr; });
        control_.set("plugged", "1");
        const bool attached =
            gone && test::wait_until([this] {
                return test::run({"usbip", "attach", "-r", host_, "-b", busid_}).status == 0;
            });
        if (!attached || !test::wait_until([this] { return board() != nullptr; })) {
            throw Broken("the board does not come back");
        }
        unplugged_ = false;
    }

    /// A board that has just come may still be with udev or with a kernel driver.
    std::unique_ptr<transport::Transport> try_open() {
        try {
            const auto found = board();
            return found ? found->open(0, {.detach = transport::Detach::any,
                                           .deadline = in(contract::patience)})
                         : nullptr;
        } catch (const std::system_error&) {
            return nullptr;
        }
    }

    const std::string serial_;
    const std::string host_;
    const std::string busid_;
    test::SimControl control_;
    usb::UsbBoardSource source_{any_id};
    bool unplugged_ = false;
};

/// Whether all is kept.
bool check_all(contract::Rig& rig) {
    bool kept = true;
    for (const Case& one : contract::cases()) {
        if (!contract::suits(one, rig)) {
            fmt::print("left out: {}\n", one.name);
            continue;
        }
        if (const auto broken = contract::check(one, rig)) {
            fmt::print("FAIL: {}: {}\n", one.name, *broken);
            kept = false;
        } else {
            fmt::print("kept: {}\n", one.name);
        }
        std::fflush(stdout);
    }
    return kept;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 5) {
        fmt::print(stderr, "usage: usb_contract SERIAL CONTROL HOST BUSID\n");
        return 2;
    }
    log::set_level(log::Level::error);  // a board that comes or goes is looked at while it does
    try {
        OverUsbIp rig(argv[1], argv[2], argv[3], argv[4]);
        return check_all(rig) ? 0 : 1;
    } catch (const std::exception& error) {
        fmt::print("FAIL: {}\n", error.what());
        return 1;
    }
}
