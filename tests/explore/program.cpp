// SPDX-License-Identifier: MIT
#include "program.h"

#include "base/log.h"
#include "poll/retired_chip.h"

#include <system_error>

#include <cerrno>
#include <optional>

namespace gpiofs::explore {
namespace {

gpio::ChipInfo sixteen_lines() {
    gpio::ChipInfo info;
    info.id = 1;
    info.lines = gpio::max_lines;
    info.label = "explored";
    info.limits = {0xffff, 0xffff, 0xffff};
    return info;
}

}  // namespace

Program::Program()
    : chip(std::make_shared<gpio::Chip>(
          sixteen_lines(),
          std::make_unique<gpio::Engine>(wire.connect(), "explored", mpsse::Banks::both, clock),
          clock, std::chrono::milliseconds(1), *this)),
      line(chip->export_line(0, 2)),
      other_line(chip->export_line(1, 3)) {
    log::set_level(log::Level::error);  // thousands of boards go here
}

Program::~Program() {
    reclaim.drain();
    require(Scheduler::running().alive("poll") == 0, "a poll worker is left");
    require(wire.stops == 1, "the engine was not stopped exactly once");
}

void Program::board_lost(const gpio::ChipInfo& /*chip*/) noexcept { take_out(); }

void Program::arm(gpio::Line& armed, gpio::Edge edge) {
    const gpio::Sample sample{0, mpsse::low_pins};
    try {
        armed.set_edge(edge, &sample);
    } catch (const std::system_error& e) {
        require(e.code().value() == ENODEV, "a line can be armed unless it is dead");
    }
}

void Program::take_out() {
    std::optional<poll::ReclaimList::Announced> leaving;
    {
        const std::lock_guard lock(mutex_);
        if (taken_out) {
            return;
        }
        leaving.emplace(reclaim);
        taken_out = true;
    }
    chip->kill();
    reclaim.push(std::make_unique<poll::RetiredChip>(chip, gpio::OnExit::reset, clock,
                                                     std::chrono::seconds(1)));
}

void Program::take_out_under_a_reader() {
    Thread hotplug = start_thread("hotplug", [this] { take_out(); });
    const auto request = read_request();
    chip->bus().submit(request);
    hotplug.join();
    none_samples();
    require(request->answered(), "a request was not answered");
}

void Program::one_samples() {
    reclaim.drain();
    require(Scheduler::running().alive("poll") < 2, "two workers sample");
    require(Scheduler::running().alive("poll") > 0, "nobody samples");
    Scheduler::running().settle();
    const unsigned before = wire.transfers;
    until([this, before] { return wire.transfers > before; }, "until somebody samples");
}

void Program::none_samples() {
    reclaim.drain();
    require(Scheduler::running().alive("poll") == 0, "somebody still samples");
    Scheduler::running().settle();
}

void Request::done(const gpio::JobResult& result) noexcept {
    alive_.check("a request");
    ++answers_;
    require(answers_ == 1, "a request was answered twice");
    error_ = result.error;
    Scheduler::running().step("answers a request", this);
}

std::shared_ptr<Request> read_request() {
    auto request = std::make_shared<Request>();
    request->reads = mpsse::Banks::low;
    return request;
}

}  // namespace gpiofs::explore
