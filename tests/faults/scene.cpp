// SPDX-License-Identifier: MIT
#include "faults/scene.h"

#include "model/exchanges.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cerrno>

namespace gpiofs::test {
namespace {

constexpr mpsse::PinMask input_line = 0x0020;
constexpr unsigned spare_line = 10;

/// What is told of a rung.
struct Said {
    char rung;
    std::string text;
};
const std::vector<Said>& all_said() {
    static const std::vector<Said> said = {
        {'1', "a write was cut short; sending the rest of it"},
        {'2', "a transfer failed; purging old replies and synchronising"},
        {'3', "not in MPSSE mode any more; outputs were interrupted"},
    };
    return said;
}
const std::string said_of_power =
    "the chip has lost its power; lines were unexported, and outputs were interrupted";

/// A reply has no check of its own, so one that is wrong in itself is believed.
bool makes_edges_up(const Cell& cell) {
    return cell.fault == "garbage" && cell.operation != Operation::streaming;
}

}  // namespace

sim::BoardConfig high_speed_board() {
    sim::BoardConfig config;
    config.chip = "FT2232H";
    config.usb = sim::UsbSpeed::high;
    return config;
}

std::string fault_words(const Cell& cell) {
    return std::string(cell.fault) + ' ' + std::to_string(cell.count);
}

Scene::Scene(Clock& clock, gpio::ChipObserver& observer, std::chrono::microseconds interval)
    : rig(clock, high_speed_board()), moves(rig.board()), chip(rig.chip(observer, 0, interval)) {
    rig.bench.write(0, "adbus3/pull", "pull-down");
    drive(false);
    REQUIRE_FALSE(change_pins(chip->bus(), output(3, true), rig.deadline()));
    REQUIRE_FALSE(change_pins(chip->bus(), output(9, false), rig.deadline()));
    const auto now = read_pins(chip->bus(), mpsse::Banks::both, rig.deadline());
    REQUIRE((now.sample.levels & (outputs.outputs | input_line)) == outputs.levels);
    watch_line();
}

Scene::~Scene() { leave_line(); }

void Scene::watch_line() {
    line = chip->export_line(5, ++exports_);
    edges = std::make_unique<EdgeTaker>(*line);
    line->value_events().attach(poller);
    line->value_events().mark_seen(poller);
    arm();
}

void Scene::arm() {
    const auto now = read_pins(chip->bus(), mpsse::Banks::both, rig.deadline());
    REQUIRE_FALSE(now.error);
    REQUIRE(line->set_edge(gpio::Edge::both, &now.sample));
}

void Scene::leave_line() { line->value_events().detach(poller); }

bool Scene::line_is_gone() { return poller_woken() && line->dead() && chip->lines().empty(); }

void Scene::begin(const Cell& cell) {
    rig.tap->forget();
    moves.forget();
    if (!cell.disconnects()) {
        rig.bench.write(0, "fault", fault_words(cell));
        return;
    }
    for (int times = cell.for_ever() ? 1 : cell.count; times > 0; --times) {
        rig.bench.write(0, "plugged", "0");
        if (!cell.for_ever()) {
            rig.bench.write(0, "plugged", "1");
        }
    }
}

void Scene::begin_during(const Cell& cell, ScriptedClock& clock) {
    if (cell.disconnects()) {
        clock.in(std::chrono::microseconds(20), [this, &cell] { begin(cell); });
    } else {
        begin(cell);
    }
}

std::string Scene::rungs() const {
    std::string climbed;
    const auto said = log.about("sim0");
    if (std::ranges::count(said, all_said().front().text) > 0) {
        climbed += '1';
    }
    constexpr Tap::Request purge{0x00, 2};
    constexpr Tap::Request enter_mpsse{0x0b, 0x0200};
    const auto requests = rig.tap->requests();
    // There is a purge in entering MPSSE mode as well.
    if (std::ranges::count(requests, purge) > std::ranges::count(requests, enter_mpsse)) {
        climbed += '2';
    }
    if (mode_changed(*rig.tap)) {
        climbed += '3';
    }
    return climbed;
}

void Scene::find_what_was_not_told(const Cell& cell) {
    const auto read = [this] {
        return read_pins(chip->bus(), mpsse::Banks::both, rig.deadline()).error.value();
    };
    const bool untold = cell.expected.error == 0 && !cell.expected.rungs.empty();
    CHECK(read() == (untold ? ETIMEDOUT : 0));
    CHECK(read() == 0);
}

void Scene::check_trace(const Cell& cell, mpsse::PinMask own) {
    const std::string climbed = rungs();
    CHECK(climbed == cell.expected.rungs);
    std::vector<std::string> wanted;
    for (const auto& [rung, text] : all_said()) {
        if (climbed.find(rung) != std::string::npos) {
            wanted.push_back(rung == '3' && cell.takes_power() ? said_of_power : text);
        }
    }
    if (!climbed.empty()) {
        wanted.emplace_back("in step again");
    }
    CHECK(log.about("sim0") == wanted);
    if (climbed.find('3') == std::string::npos) {
        CHECK((moves.seen() & ~own) == 0);
    }
}

void Scene::check_in_order(const Cell& cell, const mpsse::PortState& shadow) {
    CHECK(chip->state() == shadow);
    CHECK((rig.levels() & shadow.outputs) == shadow.levels);
    CHECK(line_is_gone() == cell.takes_power());
    if (cell.takes_power()) {
        CHECK_FALSE(edges->take());
        leave_line();
        watch_line();
    }
    if (makes_edges_up(cell)) {
        CHECK(reads());
        while (edges->take()) {
        }
        line->value_events().mark_seen(poller);
    }
    CHECK_FALSE(edges->take());
    CHECK_FALSE(poller_woken());
    CHECK_FALSE(change_pins(chip->bus(), output(spare_line, false), rig.deadline()));
    CHECK((rig.levels() & (1U << spare_line)) == 0);
    drive(true);
    const auto read = read_pins(chip->bus(), mpsse::Banks::both, rig.deadline());
    CHECK_FALSE(read.error);
    CHECK((read.sample.levels & (shadow.outputs | input_line)) == (shadow.levels | input_line));
    const auto edge = edges->take();
    CHECK((edge && edge->edge.rising && edge->lost == 0));
    CHECK_FALSE(edges->take());
    CHECK(poller_woken());
}

void Scene::check_gone(const Cell& cell, gpio::ChipObserver& observer) {
    CHECK(cell.expected == Outcome{ENODEV, ""});
    CHECK(rungs().empty());
    CHECK(log.about("sim0").empty());
    chip->kill();
    CHECK(line_is_gone());
    rig.bench.write(0, "plugged", "1");
    const auto again = rig.chip(observer);
    CHECK(again->state() == mpsse::PortState{});
    CHECK_FALSE(read_pins(again->bus(), mpsse::Banks::both, rig.deadline()).error);
}

}  // namespace gpiofs::test
