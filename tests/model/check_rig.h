// SPDX-License-Identifier: MIT
#pragma once

#include "check/board_check.h"
#include "rig.h"
#include "support/manual_clock.h"

#include <doctest/doctest.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace gpiofs::test {

/// What a check has printed.
struct CheckResult {
    /// By name; of those that every interface has, the last.
    std::map<std::string, std::string> facts;
    /// Names of the lines marked as such.
    std::set<std::string> suspicious;
    std::string text;
    bool good = false;

    const std::string& operator[](const std::string& name) const {
        const auto at = facts.find(name);
        REQUIRE_MESSAGE(at != facts.end(), name << " is not in the report:\n" << text);
        return at->second;
    }
    bool begins(const std::string& name, std::string_view with) const {
        return (*this)[name].starts_with(with);
    }
};

/// An interface on whose wire a derived class changes something.
class Forwarding : public transport::Transport {
  public:
    explicit Forwarding(std::unique_ptr<transport::Transport> wire) : wire_(std::move(wire)) {}

    transport::Claim claim_again() override { return wire_->claim_again(); }
    std::size_t packet_size() const noexcept override { return wire_->packet_size(); }
    std::error_code control_out(std::uint8_t request, std::uint16_t value,
                                TimePoint deadline) override {
        return wire_->control_out(request, value, deadline);
    }
    transport::Transfer control_in(std::uint8_t request, std::uint16_t value,
                                   std::span<std::uint8_t> data, TimePoint deadline) override {
        return wire_->control_in(request, value, data, deadline);
    }
    transport::Transfer write(std::span<const std::uint8_t> data, TimePoint deadline) override {
        return wire_->write(data, deadline);
    }
    transport::Transfer read(std::span<std::uint8_t> data, TimePoint deadline) override {
        return wire_->read(data, deadline);
    }
    std::error_code submit(transport::Direction direction, std::span<std::uint8_t> data) override {
        return wire_->submit(direction, data);
    }
    std::optional<transport::EndedTransfer> collect(TimePoint deadline) override {
        return wire_->collect(deadline);
    }
    void cancel() noexcept override { wire_->cancel(); }
    std::error_code clear_halt(transport::Direction direction) override {
        return wire_->clear_halt(direction);
    }
    void abort() noexcept override { wire_->abort(); }
    bool detached_driver() const noexcept override { return wire_->detached_driver(); }
    void give_back_driver(bool yes) noexcept override { wire_->give_back_driver(yes); }

  private:
    const std::unique_ptr<transport::Transport> wire_;
};

/// A board whose interfaces are opened with something on the wire.
class WrappedBoard final : public transport::Board {
  public:
    using Wrap =
        std::function<std::unique_ptr<transport::Transport>(std::unique_ptr<transport::Transport>)>;

    WrappedBoard(std::shared_ptr<transport::Board> board, Wrap wrap)
        : board_(std::move(board)), wrap_(std::move(wrap)) {}

    const transport::BoardInfo& info() const noexcept override { return board_->info(); }
    std::string holder(unsigned number) const override { return board_->holder(number); }
    std::unique_ptr<transport::Transport> open(unsigned number,
                                               const transport::OpenOptions& options) override {
        return wrap_(board_->open(number, options));
    }

  private:
    const std::shared_ptr<transport::Board> board_;
    const Wrap wrap_;
};

/// One virtual board, and checks of it. Time is the modelled one.
struct CheckRig {
    explicit CheckRig(const sim::BoardConfig& config) : rig(clock, config) {
        plan.chip = mpsse::find_chip_type(rig.board().chip().bcd_device);
        plan.interfaces = {0};
    }
    explicit CheckRig(const std::string& chip, sim::UsbSpeed usb = sim::UsbSpeed::instant)
        : CheckRig(config_of(chip, usb)) {}

    static sim::BoardConfig config_of(const std::string& chip, sim::UsbSpeed usb) {
        sim::BoardConfig config;
        config.chip = chip;
        config.usb = usb;
        return config;
    }

    /// Wires two pins to each other, on the table and in the plan.
    void wire(unsigned from, unsigned to, unsigned interface_number = 0) {
        rig.board().add_wires({{{interface_number, from}, {interface_number, to}}});
        plan.wire = check::Wire{interface_number, from, to};
    }

    CheckResult run() {
        WrappedBoard board(rig.bench.boards().at(0), [this](auto opened) {
            return std::make_unique<TappedTransport>(
                wrap ? wrap(std::move(opened)) : std::move(opened), tap);
        });
        CheckResult result;
        check::Report report([&result](std::string_view line) { take(line, result); });
        check::BoardCheck(board, plan, report, clock, ended).run("1.2.3");
        report.end();
        result.good = report.good();
        return result;
    }

    /// Whether the chip drives a pin, which then follows no pull. Takes the wires away.
    bool is_driven(unsigned offset, unsigned interface_number = 0) {
        const sim::PinId pin{interface_number, offset};
        rig.board().set_wires({});
        rig.board().set_pull(pin, sim::Pull::up);
        const bool up = rig.board().level(pin);
        rig.board().set_pull(pin, sim::Pull::down);
        return rig.board().level(pin) || !up;
    }

    static void take(std::string_view line, CheckResult& result) {
        constexpr std::string_view mark = "SUSPICIOUS: ";
        result.text += line;
        REQUIRE(line.ends_with('\n'));
        line.remove_suffix(1);
        const bool marked = line.starts_with(mark);
        line.remove_prefix(marked ? mark.size() : 0);
        const auto colon = line.find(": ");
        REQUIRE(colon != std::string_view::npos);
        const std::string name(line.substr(0, colon));
        result.facts[name] = line.substr(colon + 2);
        if (marked) {
            result.suspicious.insert(name);
        }
    }

    ManualClock clock;
    Rig rig;
    check::Plan plan;
    std::atomic<bool> ended = false;
    std::shared_ptr<Tap> tap = std::make_shared<Tap>();
    WrappedBoard::Wrap wrap;
};

}  // namespace gpiofs::test
