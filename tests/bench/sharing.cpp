// SPDX-License-Identifier: MIT
#include "bare_board.h"
#include "mounts.h"
#include "topics.h"

#include <atomic>
#include <fcntl.h>
#include <stdexcept>
#include <thread>
#include <unistd.h>

namespace gpiofs::bench {
namespace {

constexpr unsigned first_base = 512;
constexpr unsigned lines_of_board = 16;

/// Threads that each read one file as fast as they can; returns reads per second of all together.
double read_together(const std::vector<UniqueFd>& files, std::chrono::milliseconds time) {
    std::atomic<bool> go = false;
    std::atomic<bool> stop = false;
    std::atomic<long> reads = 0;
    std::atomic<bool> failed = false;
    std::vector<std::thread> readers;
    readers.reserve(files.size());
    for (const UniqueFd& file : files) {
        readers.emplace_back([&, fd = file.get()] {
            go.wait(false);
            long count = 0;
            char text[64];
            while (!stop) {
                if (::pread(fd, text, sizeof(text), 0) <= 0) {
                    failed = true;
                    return;
                }
                ++count;
            }
            reads += count;
        });
    }
    const SystemClock clock;
    const TimePoint begun = clock.now();
    go = true;
    go.notify_all();
    std::this_thread::sleep_for(time);
    stop = true;
    const TimePoint ended = clock.now();
    for (auto& reader : readers) {
        reader.join();
    }
    if (failed) {
        throw std::runtime_error("a reader among many failed");
    }
    return static_cast<double>(reads) / seconds(ended - begun);
}

/// Some readers that are measured by turns with others.
struct Group {
    explicit Group(std::size_t count) : readers(count) {}

    std::size_t readers;
    std::vector<UniqueFd> files;
    Series rates;
    double out = 0;
    double reads = 0;
};

void readers(const Scale& scale, Report& report) {
    Table table{
        "Readers of one board",
        "`usb=hs`: threads that read `value` as fast as they can, by turns with a bare loop that "
        "does the same "
        "transfers on the modelled bus. Transfers fall below one a read where readers share them.",
        {"readers", "reads per second", "bare loop", "ratio", "times one reader", "OUT per read"},
        {}};
    SystemClock clock;
    BareBoard bare(clock, high_speed_board());
    Side floor;
    const test::Mount mount({"--board", "sim:FT232H,usb=hs"});
    const auto value = mount.export_line(first_base) / "value";
    std::vector<Group> groups;
    for (const std::size_t count : {1U, 2U, 4U, 16U, 64U}) {
        Group& group = groups.emplace_back(count);
        for (std::size_t n = 0; n < count; ++n) {
            group.files.push_back(open_or_throw(value, O_RDONLY));
        }
    }
    for (int turn = 0; turn < scale.turns(); ++turn) {
        run_for(
            scale.run(), [&] { bare.read_pins(); }, floor);
        for (Group& group : groups) {
            const Transfers before = transfers(mount);
            const double rate = read_together(group.files, scale.run());
            group.rates.add(rate);
            group.out += static_cast<double>(transfers(mount).out - before.out);
            group.reads += rate * seconds(scale.run());
        }
    }
    const double bare_rate = floor.per_second.median();
    for (const Group& group : groups) {
        const double rate = group.rates.median();
        table.rows.push_back({double(group.readers), rate, bare_rate, rate / bare_rate,
                              rate / groups.front().rates.median(), group.out / group.reads});
    }
    report.push_back(std::move(table));
}

void boards(const Scale& scale, Report& report) {
    Table table{"Boards",
                "`usb=hs`: one reader for each board, by turns. The modelled buses of all boards "
                "use this machine's "
                "processors, which real ones do not.",
                {"boards", "reads per second", "times one board"},
                {}};
    constexpr unsigned most = 16;
    std::vector<std::string> words;
    for (unsigned n = 0; n < most; ++n) {
        words.insert(words.end(), {"--board", "sim:FT232H,usb=hs"});
    }
    const test::Mount mount(words);
    std::vector<Group> groups;
    for (const unsigned count : {1U, 4U, most}) {
        groups.emplace_back(count);
    }
    for (unsigned n = 0; n < most; ++n) {
        const auto value = mount.export_line(first_base + lines_of_board * n) / "value";
        for (Group& group : groups) {
            if (n < group.readers) {
                group.files.push_back(open_or_throw(value, O_RDONLY));
            }
        }
    }
    for (int turn = 0; turn < scale.turns(); ++turn) {
        for (Group& group : groups) {
            group.rates.add(read_together(group.files, scale.run()));
        }
    }
    for (const Group& group : groups) {
        const double rate = group.rates.median();
        table.rows.push_back({double(group.readers), rate, rate / groups.front().rates.median()});
    }
    report.push_back(std::move(table));
}

}  // namespace

void measure_sharing(const Scale& scale, Report& report) {
    readers(scale, report);
    boards(scale, report);
}

}  // namespace gpiofs::bench
