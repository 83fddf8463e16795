// SPDX-License-Identifier: MIT
#include "stress/abused_board.h"

#include "support/poller.h"
#include "support/wait.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace gpiofs::test {
namespace {

constexpr unsigned base = 528;
constexpr unsigned lines = 8;

constexpr std::array faults = {"timeout", "stall",         "short", "status-only", "garbage",
                               "late",    "endpoint-gone", "nak",   "cut",         "power-loss"};

// ENOENT: the name has gone; ENODEV: the file has. The others are what a transfer can fail with.
const Operation use_bench{"abused board: bench", {"ok"}};
const Operation open_line{"abused board: open", {"ok", "ENOENT", "ENODEV"}};
const Operation change_line{"abused board: write",
                            {"ok", "ENOENT", "ENODEV", "EIO", "ETIMEDOUT", "EPIPE"}};
const Operation write_value{"abused board: write value",
                            {"ok", "ENOENT", "ENODEV", "EIO", "ETIMEDOUT", "EPIPE", "EPERM"}};
// EIO: also of a line that is an output just now.
const Operation arm_line{"abused board: arm",
                         {"ok", "ENOENT", "ENODEV", "EIO", "ETIMEDOUT", "EPIPE"}};
const Operation read_line{"abused board: read value",
                          {"0\n", "1\n", "ENOENT", "ENODEV", "EIO", "ETIMEDOUT", "EPIPE"}};
const Operation poll_line{"abused board: poll value", {"PRI|ERR", "timeout"}};
const Operation open_events{"abused board: open events", {"ok", "ENOENT", "ENODEV"}};
const Operation read_edges{"abused board: read events", {"text", "end", "ENODEV"}};
// EINVAL: there is no such board just now, or the line is not exported.
const Operation export_line{"abused board: export", {"ok", "EINVAL", "EBUSY", "ENODEV"}};
const Operation unexport_line{"abused board: unexport", {"ok", "EINVAL", "ENODEV"}};
const Operation check_line{"abused board: afterwards", {"ok", "0\n", "1\n"}};

}  // namespace

void AbusedBoard::begin() {
    for (const Act act :
         {&AbusedBoard::use, &AbusedBoard::use, &AbusedBoard::use, &AbusedBoard::read_events,
          &AbusedBoard::reexport, &AbusedBoard::fail_transfers, &AbusedBoard::pull_the_plug}) {
        add_actor(act);
    }
}

void AbusedBoard::add_actor(Act act) {
    const int actor = 1 + static_cast<int>(actors_.size());
    actors_.emplace_back([this, act, chance = Chance(number_, actor)]() mutable {
        while (!over_) {
            (this->*act)(chance);
        }
    });
}

fs::path AbusedBoard::line(unsigned offset) const {
    return mount_ / fmt::format("gpio{}", base + offset);
}

void AbusedBoard::bench(const char* file, const std::string& text) {
    journal_.perform(use_bench, file, [&] { return write_text(mount_ / "sim/1" / file, text); });
}

void AbusedBoard::use(Chance& chance) {
    const fs::path folder = line(chance.pick(lines));
    const auto write = [&](const Operation& operation, const char* file, const char* text) {
        journal_.perform(operation, file, [&] { return write_text(folder / file, text); });
    };
    switch (chance.pick(5)) {
        case 0:
            write(change_line, "direction", chance.coin() ? "high" : "in");
            break;
        case 1:
            write(write_value, "value", chance.coin() ? "1" : "0");
            break;
        case 2:
            write(arm_line, "edge", chance.coin() ? "both" : "none");
            break;
        case 3:
            write(change_line, "active_low", chance.coin() ? "1" : "0");
            break;
        default:
            break;
    }
    UniqueFd fd;
    const std::string opened = journal_.perform(open_line, "value", [&] {
        fd = open_file(folder / "value", O_RDONLY);
        return fd ? std::string("ok") : errno_name(errno);
    });
    if (opened == "ok") {
        journal_.perform(read_line, "value", [&] { return read_at(fd.get(), 0); });
        journal_.perform(poll_line, "value", [&] {
            return poll_once(fd.get(), POLLPRI | POLLERR, std::chrono::milliseconds(2));
        });
    }
}

void AbusedBoard::read_events(Chance& chance) {
    UniqueFd fd;
    const std::string opened = journal_.perform(open_events, "events", [&] {
        fd = open_file(line(chance.pick(lines)) / "events", O_RDONLY);
        return fd ? std::string("ok") : errno_name(errno);
    });
    for (int reads = 0; opened == "ok" && reads < 5; ++reads) {
        poll_once(fd.get(), POLLIN, std::chrono::milliseconds(5));
        journal_.perform(read_edges, "events", [&]() -> std::string {
            std::array<char, 4096> text{};
            const ssize_t got = ::read(fd.get(), text.data(), text.size());
            return got < 0 ? errno_name(errno) : got == 0 ? "end" : "text";
        });
    }
}

void AbusedBoard::reexport(Chance& chance) {
    const std::string number = std::to_string(base + chance.pick(lines));
    if (chance.pick(4) != 0) {
        journal_.perform(export_line, number,
                         [&] { return write_text(mount_ / "export", number); });
    } else {
        journal_.perform(unexport_line, number,
                         [&] { return write_text(mount_ / "unexport", number); });
    }
}

void AbusedBoard::fail_transfers(Chance& chance) {
    const bool lasting = chance.pick(4) == 0;
    const std::string count = lasting ? "-1" : std::to_string(1 + chance.pick(3));
    bench("fault", fmt::format("{} {}", chance.pick_of(faults), count));
    std::this_thread::sleep_for(chance.pick_below(std::chrono::milliseconds(30)));
    bench("fault", "0");
    std::this_thread::sleep_for(chance.pick_below(std::chrono::milliseconds(30)));
}

void AbusedBoard::pull_the_plug(Chance& chance) {
    std::this_thread::sleep_for(chance.pick_below(std::chrono::milliseconds(300)));
    bench("plugged", "0");
    std::this_thread::sleep_for(chance.pick_below(std::chrono::milliseconds(20)));
    bench("plugged", "1");
}

void AbusedBoard::end() {
    over_ = true;
    actors_.clear();
    bench("fault", "0");
    const auto is_there = [this] { return fs::exists(mount_ / fmt::format("gpiochip{}", base)); };
    // One that could not be started stays out: virtual boards are not tried again, as real ones
    // are.
    bench("plugged", "0");
    if (!wait_until([&] { return !is_there(); })) {
        journal_.fail("abused board: it is unplugged, and there");
    }
    bench("plugged", "1");
    if (!wait_until(is_there)) {
        journal_.fail(fmt::format("abused board: not there again with its old numbers, but: {}",
                                  fmt::join(list(mount_.path()), " ")));
        return;
    }
    check_outputs();
}

void AbusedBoard::check_outputs() {
    for (unsigned offset = 0; offset < lines; ++offset) {
        const auto number = std::to_string(base + offset);
        const char* level = offset % 2 == 0 ? "high" : "low";
        // A pull of the plug may still be on its way to the daemon.
        const bool changed = wait_until([&] {
            write_text(mount_ / "export", number);
            return write_text(line(offset) / "direction", level) == "ok";
        });
        if (!changed) {
            journal_.fail(fmt::format("abused board: line {} cannot be used", offset));
        }
    }
    for (unsigned offset = 0; offset < lines; ++offset) {
        const auto pin = read_text(mount_ / fmt::format("sim/1/adbus{}/level", offset));
        if (pin != (offset % 2 == 0 ? "1\n" : "0\n")) {
            journal_.fail(fmt::format("abused board: pin {} is {}", offset, pin));
        }
        journal_.perform(check_line, "unexport", [&] {
            return write_text(mount_ / "unexport", std::to_string(base + offset));
        });
    }
}

}  // namespace gpiofs::test
