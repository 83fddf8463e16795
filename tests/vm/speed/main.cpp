// SPDX-License-Identifier: MIT
// usb_speed IN OUT PIN SERIAL CONTROL: accesses through a mount beside libftdi1's on the same
// board, and how soon poll() wakes. IN and OUT are gpioN folders of its interface A, PIN the pin of
// IN; OUT is an output. Needs interface B for itself. Prints figures; status 1 with a line "FAIL:
// ..." if an access takes more transfers than it needs or a read waits for the latency timer.

#include "vm/sim_control.h"
#include "vm/speed/accesses.h"
#include "vm/speed/figures.h"
#include "vm/speed/ftdi_engine.h"
#include "vm/speed/wake.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

using namespace gpiofs;
using namespace gpiofs::test;

namespace {

constexpr double read_target = 0.7;
constexpr double write_target = 0.6;
constexpr double sample_interval_ms = 1;  // the program's default

void print_transfers(std::string_view name, std::string_view who, const Runs& runs) {
    const auto each = [&runs](std::uint64_t count) {
        return static_cast<double>(count) / static_cast<double>(runs.accesses);
    };
    fmt::print("speed: each {} of {}: {:.2f} OUT, {:.2f} IN, {:.2f} status-only, {:.2f} control\n",
               name, who, each(runs.transfers.out), each(runs.transfers.in),
               each(runs.transfers.status_only), each(runs.transfers.control));
}

void print_transfers(std::string_view name, const Pair& pair) {
    print_transfers(name, "the mount", pair.mount);
    print_transfers(name, "libftdi1", pair.libftdi);
}

/// One OUT and one IN with data for each access, and nothing else.
bool reads_need_no_more(const Runs& reads) {
    return reads.transfers.out == reads.accesses && reads.transfers.in == reads.accesses &&
           reads.transfers.control == 0;
}

/// One OUT for each access, and an IN once a second, which proves that the chip still follows.
bool writes_need_no_more(const Pair& writes) {
    const auto proofs =
        static_cast<std::uint64_t>(std::chrono::ceil<std::chrono::seconds>(writes.time).count());
    const Transfers& transfers = writes.mount.transfers;
    return transfers.out == writes.mount.accesses && transfers.in <= proofs &&
           transfers.control == 0;
}

/// Whether a read through the mount is answered at once, and not when the chip's latency timer
/// ends, which is made too long for any machine to hide.
bool replies_at_once(int in, FtdiEngine& engine) {
    engine.set_latency_of_a(FtdiEngine::longest_latency_ms);
    std::vector<double> times(9);
    std::generate(times.begin(), times.end(), [in] { return time_of([in] { read_level(in); }); });
    engine.set_latency_of_a(FtdiEngine::latency_ms);
    fmt::print("speed: read {:.2f} ms when the latency timer has {} ms\n", median(times),
               FtdiEngine::longest_latency_ms);
    return median(times) < FtdiEngine::longest_latency_ms / 2.0;
}

void measure_accesses(SimControl& control, const fs::path& in_line, const fs::path& out_line,
                      const std::string& serial) {
    const UniqueFd in = open_value(in_line);
    const UniqueFd out = open_value(out_line);
    FtdiEngine engine(serial);
    const Pair reads = by_turns(
        control, [&] { read_level(in.get()); }, [&] { engine.read_pins(); });
    bool ours = false;
    bool theirs = false;
    const Pair writes = by_turns(
        control, [&] { write_level(out.get(), ours = !ours); },
        [&] { engine.write_pin(theirs = !theirs); });
    print_rates("read", reads.mount.ms, reads.libftdi.ms, read_target);
    print_rates("write", writes.mount.ms, writes.libftdi.ms, write_target);
    print_transfers("read", reads);
    print_transfers("write", writes);
    if (!reads_need_no_more(reads.mount) || !writes_need_no_more(writes)) {
        throw std::runtime_error("an access takes more transfers than it needs");
    }
    if (!replies_at_once(in.get(), engine)) {
        throw std::runtime_error("a read waits for the latency timer");
    }
}

void measure(const fs::path& in_line, const fs::path& out_line, const std::string& pin,
             const std::string& serial, const std::string& control_path) {
    SimControl control(control_path);
    measure_accesses(control, in_line, out_line, serial);

    control.drive(pin, false);
    const Wakes wakes = measure_wakes(in_line, control, pin);
    const double limit = 2 * median(wakes.reads) + sample_interval_ms / 2;
    print_times("wake", wakes.ordered, limit);
    fmt::print("speed: wake {:.2f} ms after the answer to the order, reads meanwhile {:.2f} ms\n",
               median(wakes.answered), median(wakes.reads));
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 6) {
        fmt::print(stderr, "usage: usb_speed IN OUT PIN SERIAL CONTROL\n");
        return 2;
    }
    try {
        measure(argv[1], argv[2], argv[3], argv[4], argv[5]);
        return 0;
    } catch (const std::exception& error) {
        fmt::print("FAIL: {}\n", error.what());
        return 1;
    }
}
