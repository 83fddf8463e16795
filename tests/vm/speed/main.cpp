// usb_speed IN OUT PIN SERIAL CONTROL: accesses through a mount beside libftdi1's on the same
// board, and how soon poll() wakes. IN and OUT are gpioN folders of its interface A, PIN the pin of
// IN; OUT is an output. Needs interface B for itself. Prints figures; status 1 with a line "FAIL:
// ..." if one is far from its target or an access takes more transfers than it needs.

#include "vm/speed/accesses.h"
#include "vm/speed/ftdi_engine.h"
#include "vm/speed/sim_control.h"
#include "vm/speed/verdict.h"
#include "vm/speed/wake.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <exception>
#include <fcntl.h>
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

UniqueFd open_value(const fs::path& line) {
    UniqueFd fd = open_file(line / "value", O_RDWR);
    if (!fd) {
        throw std::runtime_error(fmt::format("{}: cannot open value", line.string()));
    }
    return fd;
}

void print_transfers(std::string_view name, std::string_view who, const Runs& runs) {
    const auto each = [&runs](std::uint64_t count) {
        return static_cast<double>(count) / static_cast<double>(runs.accesses);
    };
    fmt::print("speed: each {} of {}: {:.2f} OUT, {:.2f} IN, {:.2f} status-only, {:.2f} control\n",
               name, who, each(runs.transfers.out), each(runs.transfers.in),
               each(runs.transfers.status_only), each(runs.transfers.control));
}

/// Figures of one kind of access; false if the mount is far slower or takes more transfers than one
/// OUT and, for a read, one IN.
bool judge(std::string_view name, const Pair& pair, double target, bool reads) {
    const bool fast = judge_rates(name, pair.mount.rates, pair.libftdi.rates, target);
    print_transfers(name, "the mount", pair.mount);
    print_transfers(name, "libftdi1", pair.libftdi);
    const Transfers& transfers = pair.mount.transfers;
    return fast && transfers.out == pair.mount.accesses &&
           transfers.in == (reads ? pair.mount.accesses : 0) && transfers.control == 0;
}

/// Whether a read through the mount is answered at once, and not when the chip's latency timer
/// ends, which is made too long for any machine to hide.
bool replies_at_once(int in, FtdiEngine& engine) {
    engine.set_latency_of_a(FtdiEngine::longest_latency_ms);
    std::vector<double> times;
    for (int i = 0; i < 9; ++i) {
        const auto start = std::chrono::steady_clock::now();
        read_level(in);
        const std::chrono::duration<double, std::milli> time =
            std::chrono::steady_clock::now() - start;
        times.push_back(time.count());
    }
    engine.set_latency_of_a(FtdiEngine::latency_ms);
    fmt::print("speed: read {:.2f} ms when the latency timer has {} ms\n", median(times),
               FtdiEngine::longest_latency_ms);
    return median(times) < FtdiEngine::longest_latency_ms / 2.0;
}

/// The accesses; returns what a read takes, in milliseconds.
double measure_accesses(SimControl& control, int in, int out, const std::string& serial) {
    FtdiEngine engine(serial);
    const Pair reads = by_turns(
        control, [in] { read_level(in); }, [&engine] { engine.read_pins(); });
    bool ours = false;
    bool theirs = false;
    const Pair writes = by_turns(
        control, [&] { write_level(out, ours = !ours); },
        [&] { engine.write_pin(theirs = !theirs); });
    const bool good_reads = judge("read", reads, read_target, true);
    const bool good_writes = judge("write", writes, write_target, false);
    if (!good_reads || !good_writes) {
        throw std::runtime_error("accesses are far from the target, or take more transfers");
    }
    if (!replies_at_once(in, engine)) {
        throw std::runtime_error("a read waits for the latency timer");
    }
    return 1000 / median(reads.mount.rates);
}

void measure(const fs::path& in_line, const fs::path& out_line, const std::string& pin,
             const std::string& serial, const std::string& control_path) {
    SimControl control(control_path);
    const UniqueFd in = open_value(in_line);
    const UniqueFd out = open_value(out_line);
    const double read_ms = measure_accesses(control, in.get(), out.get(), serial);

    control.drive(pin, false);
    if (write_text(in_line / "edge", "both") != "ok") {
        throw std::runtime_error("edge cannot be armed");
    }
    const Wakes wakes = measure_wakes(in.get(), control, pin);
    const bool fast = judge_times("wake", wakes.ordered, 2 * read_ms + sample_interval_ms / 2);
    fmt::print("speed: wake {:.2f} ms after the answer to the order\n", median(wakes.answered));
    if (!fast) {
        throw std::runtime_error("wake-ups are far from the target");
    }
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
