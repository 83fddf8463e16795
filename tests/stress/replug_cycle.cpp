// SPDX-License-Identifier: MIT
#include "stress/replug_cycle.h"

#include "stress/operations.h"
#include "support/poller.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <poll.h>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <unistd.h>

namespace gpiofs::test {
namespace {

using namespace operations;

constexpr unsigned pollers_per_line = 2;
constexpr std::size_t poller_count = std::size_t{ReplugCycle::lines} * pollers_per_line;
/// The plug is pulled within this time of the start of all actors, or of the first edge.
constexpr auto longest_activity = std::chrono::milliseconds(50);

// What each line of the board is for. Those not named here are inputs that toggle.
constexpr unsigned value_output = 0;      // written through `value`
constexpr unsigned direction_output = 1;  // written through `direction`
constexpr std::array reexported = {2U, 3U};
constexpr unsigned wired_input = 4;  // to value_output
constexpr unsigned first_toggling = 5;
constexpr unsigned last_toggling = 13;
constexpr unsigned rearmed = 12;
constexpr std::array read_for_events = {2U, 8U, 12U, 13U};
constexpr unsigned low_input = 14;
constexpr unsigned high_input = 15;

constexpr std::array edge_names = {"rising", "falling", "both"};

bool is_reexported(unsigned offset) {
    return std::find(reexported.begin(), reexported.end(), offset) != reexported.end();
}

/// Of FT232H, data sheet table 3.5: ADBUS0-7, then ACBUS0-7.
std::string pin(unsigned offset) {
    return fmt::format("{}bus{}", offset < 8 ? "ad" : "ac", offset % 8);
}

const char* edge_of(unsigned offset) {
    // One line always sees both, so that a cycle can wait for an edge.
    return offset == last_toggling ? "both" : edge_names.at(offset % edge_names.size());
}

std::string table_or_error(const std::string& text, std::string_view head) {
    return text.starts_with(head) ? "table" : text;
}

}  // namespace

ReplugCycle::ReplugCycle(Mount& mount, Journal& journal, int number)
    : mount_(mount),
      journal_(journal),
      number_(number),
      chance_(number, 0),
      edge_first_(chance_.coin()) {}

ReplugCycle::~ReplugCycle() { over_ = true; }

void ReplugCycle::prepare_bench(const Mount& mount) {
    mount.set_bench("wires", fmt::format("{} {}", pin(value_output), pin(wired_input)));
    mount.set_bench(pin(low_input) + "/drive", "0");
    mount.set_bench(pin(high_input) + "/drive", "1");
}

void ReplugCycle::run() {
    plug();
    export_and_arm();
    open_files();
    start_pollers();
    start_actors();
    unplug();
    check_gone();
}

void ReplugCycle::plug() {
    write(write_bench, mount_ / "sim/0/plugged", "1");
    if (!wait_for_names({"chip0", "export", "gpiochip512", "sim", "unexport"})) {
        throw std::runtime_error("after the plug: " +
                                 fmt::format("{}", fmt::join(list(mount_.path()), " ")));
    }
    if (const std::string text = read_text(mount_ / "gpiochip512/base"); text != "512\n") {
        journal_.fail("base: " + text);
    }
}

void ReplugCycle::export_and_arm() {
    for (unsigned offset = 0; offset < lines; ++offset) {
        const bool by_chip = chance_.coin();
        write(by_chip ? write_chip_export : write_export,
              mount_ / (by_chip ? "chip0/export" : "export"),
              std::to_string(by_chip ? offset : base + offset));
        write(write_edge, line(offset) / "edge", edge_of(offset));
    }
    write(write_direction, line(value_output) / "direction", "low");
    write(write_direction, line(direction_output) / "direction", "high");
}

void ReplugCycle::open_files() {
    const auto open = [](const fs::path& path, int flags) {
        OpenFile file{path, open_file(path, flags), flags == O_RDWR};
        if (!file.fd) {
            throw std::runtime_error(fmt::format("open {}: {}", path.string(), errno_name(errno)));
        }
        return file;
    };
    for (std::size_t i = 0; i < poller_count; ++i) {
        values_.push_back(open(line(static_cast<unsigned>(i) % lines) / "value", O_RDWR));
    }
    for (const unsigned offset : read_for_events) {
        events_.push_back(open(line(offset) / "events", O_RDONLY));
    }
    for (unsigned offset = 0; offset < lines; ++offset) {
        others_.push_back(open(line(offset) / "direction", O_RDONLY));
        others_.push_back(open(line(offset) / "edge", O_RDWR));
    }
    for (const char* name : {"gpiochip512/lines", "gpiochip512/ngpio", "chip0/label"}) {
        others_.push_back(open(mount_ / name, O_RDONLY));
    }
}

void ReplugCycle::start_pollers() {
    for (const auto& file : values_) {  // clears the event of a fresh file
        journal_.perform(read_value, file.path, [&] { return read_at(file.fd.get(), 0); });
    }
    for (std::size_t i = 0; i < values_.size(); ++i) {
        pollers_.emplace_back([this, i] { poll_until_gone(i); });
    }
    for (std::size_t i = 0; i < events_.size(); ++i) {
        pollers_.emplace_back([this, i] { read_events_until_gone(i); });
    }
    if (!wait_for_sleepers(values_.size())) {
        throw std::runtime_error("the pollers do not wait");
    }
}

void ReplugCycle::poll_until_gone(std::size_t poller) {
    const OpenFile& file = values_[poller];
    const unsigned offset = static_cast<unsigned>(poller) % lines;
    while (true) {
        const std::string events = journal_.perform(poll_value, file.path, [&] {
            return poll_once(file.fd.get(), POLLPRI | POLLERR, patience);
        });
        const bool pulling = pulling_;
        const std::string text = read_at(file.fd.get(), 0);
        if (text == "ENODEV" && (pulling || pulling_ || is_reexported(offset))) {
            return;
        }
        const bool level = text == "0\n" || text == "1\n";
        if (events != "PRI|ERR" || !level || offset == low_input || offset == high_input) {
            journal_.fail(fmt::format("woken on {} with {}, then it reads '{}'", file.path.string(),
                                      events, text));
            return;
        }
        ++edges_;
    }
}

void ReplugCycle::read_events_until_gone(std::size_t reader) {
    const OpenFile& file = events_[reader];
    long last = 0;
    while (true) {
        std::array<char, 4096> text{};
        poll_once(file.fd.get(), POLLIN, patience);
        const bool pulling = pulling_;
        const ssize_t got = ::read(file.fd.get(), text.data(), text.size());
        const bool may_go = pulling || pulling_ || is_reexported(read_for_events.at(reader));
        if (got < 0 && errno == ENODEV && may_go) {
            return;
        }
        std::istringstream words(
            {text.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0))});
        long time = 0;
        unsigned long lost = 0;
        std::string edge;
        bool good = got >= 0;
        while (good && words >> time >> edge >> lost) {
            good = time >= last && (edge == "rising" || edge == "falling");
            last = time;
        }
        if (!good) {
            journal_.fail(fmt::format("{}: read {}: '{}'", file.path.string(), got, text.data()));
            return;
        }
    }
}

void ReplugCycle::start_actors() {
    add_actor(&ReplugCycle::toggle);
    add_actor(&ReplugCycle::read_files);
    add_actor(&ReplugCycle::read_files);
    add_actor(&ReplugCycle::write_outputs);
    add_actor(&ReplugCycle::write_outputs);
    add_actor(&ReplugCycle::reexport);
    add_actor(&ReplugCycle::rearm);
    actors_.emplace_back([this] {
        while (!over_) {
            walk(mount_.path());
        }
    });
}

void ReplugCycle::add_actor(Act act) {
    const int actor = 1 + static_cast<int>(actors_.size());
    actors_.emplace_back([this, act, chance = Chance(number_, actor)]() mutable {
        while (!over_) {
            (this->*act)(chance);
        }
    });
}

void ReplugCycle::toggle(Chance& chance) {
    const unsigned offset = first_toggling + chance.pick(last_toggling - first_toggling + 1);
    write(write_bench, mount_ / "sim/0" / pin(offset) / "drive", chance.coin() ? "1" : "0");
}

void ReplugCycle::read_files(Chance& chance) {
    read(read_low, line(low_input) / "value");
    read(read_high, line(high_input) / "value");
    const unsigned offset = chance.pick(lines);
    read(read_value, line(offset) / "value");
    read(read_direction, line(offset) / "direction");
    journal_.perform(read_lines, "gpiochip512/lines", [this] {
        return table_or_error(read_text(mount_ / "gpiochip512/lines"), "OFFSET");
    });
    journal_.perform(read_counters, "sim/0/counters", [this] {
        return table_or_error(read_text(mount_ / "sim/0/counters"), "out_transfers");
    });
}

void ReplugCycle::write_outputs(Chance& chance) {
    write(write_value, line(value_output) / "value", chance.coin() ? "1" : "0");
    write(write_direction, line(direction_output) / "direction", chance.coin() ? "high" : "low");
}

void ReplugCycle::reexport(Chance& chance) {
    const unsigned offset = chance.pick_of(reexported);
    if (chance.coin()) {
        write(write_unexport, mount_ / "unexport", std::to_string(base + offset));
    } else {
        write(write_chip_unexport, mount_ / "chip0/unexport", std::to_string(offset));
    }
    if (chance.coin()) {
        write(write_export, mount_ / "export", std::to_string(base + offset));
    } else {
        write(write_chip_export, mount_ / "chip0/export", std::to_string(offset));
    }
    write(write_edge, line(offset) / "edge", edge_of(offset));
}

void ReplugCycle::rearm(Chance& chance) {
    write(write_edge, line(rearmed) / "edge", chance.coin() ? "none" : chance.pick_of(edge_names));
    write(write_active_low, line(rearmed) / "active_low", chance.coin() ? "1" : "0");
}

// NOLINTNEXTLINE(misc-no-recursion): the tree is three folders deep
void ReplugCycle::walk(const fs::path& folder) {
    std::vector<std::string> names;
    const std::string result = journal_.perform(list_folder, folder, [&] {
        std::error_code error;
        for (auto entry = fs::directory_iterator(folder, error);
             !error && entry != fs::directory_iterator(); entry.increment(error)) {
            names.push_back(entry->path().filename());
        }
        return errno_name(error.value());
    });
    for (const auto& name : names) {
        struct stat status {};
        const std::string found = journal_.perform(stat_name, folder / name, [&] {
            return errno_name(::lstat((folder / name).c_str(), &status) == 0 ? 0 : errno);
        });
        if (found == "ok" && S_ISDIR(status.st_mode) && !over_) {
            walk(folder / name);
        }
    }
}

void ReplugCycle::unplug() {
    if (edge_first_ && !wait_until([this] { return edges_ > 0 || journal_.failed(); })) {
        throw std::runtime_error("no poller sees an edge");
    }
    std::this_thread::sleep_for(chance_.pick_below(longest_activity));
    pulling_ = true;
    write(write_bench, mount_ / "sim/0/plugged", "0");
}

void ReplugCycle::check_gone() {
    pollers_.clear();  // joins: each ends when it has been told
    // The actors have gone on into the absence of the board.
    over_ = true;
    actors_.clear();
    if (!wait_for_names({"export", "sim", "unexport"})) {
        journal_.fail(
            fmt::format("left after the unplug: {}", fmt::join(list(mount_.path()), " ")));
    }
    for (const auto* files : {&values_, &others_}) {
        for (const auto& file : *files) {
            journal_.perform(read_gone, file.path, [&] { return read_at(file.fd.get(), 0); });
            if (file.writable) {
                journal_.perform(write_gone, file.path,
                                 [&] { return write_at_start(file.fd.get(), "1"); });
            }
        }
    }
}

fs::path ReplugCycle::line(unsigned offset) const {
    return mount_ / fmt::format("gpio{}", base + offset);
}

std::string ReplugCycle::write(const Operation& operation, const fs::path& path,
                               std::string_view text) {
    return journal_.perform(operation, fmt::format("{} '{}'", path.string(), text),
                            [&] { return write_text(path, text); });
}

std::string ReplugCycle::read(const Operation& operation, const fs::path& path) {
    return journal_.perform(operation, path, [&] { return read_text(path); });
}

bool ReplugCycle::wait_for_names(const std::vector<std::string>& names) const {
    return wait_until([&] { return list(mount_.path()) == names; });
}

}  // namespace gpiofs::test
