#include "bare_board.h"
#include "mounts.h"
#include "topics.h"

#include <fmt/format.h>

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

double bare_rate(const Scale& scale) {
    SystemClock clock;
    BareBoard board(clock, high_speed_board());
    Side side;
    for (int turn = 0; turn < scale.turns(); ++turn) {
        run_for(
            scale.run(), [&] { board.read_pins(); }, side);
    }
    return side.per_second.median();
}

void readers(const Scale& scale, Report& report) {
    Table table{
        "Readers of one board",
        "`usb=hs`: threads that read `value` as fast as they can, beside a bare loop that does the "
        "same "
        "transfers on the modelled bus. Transfers fall below one a read where readers share them.",
        {"readers", "reads per second", "modelled bus", "ratio", "times one reader",
         "OUT per read"},
        {}};
    test::Mount mount({"--board", "sim:FT232H,usb=hs"});
    const auto value = mount.export_line(first_base) / "value";
    const double floor = bare_rate(scale);
    double one = 0;
    for (const unsigned count : {1U, 2U, 4U, 16U, 64U}) {
        std::vector<UniqueFd> files;
        for (unsigned n = 0; n < count; ++n) {
            files.push_back(open_or_throw(value, O_RDONLY));
        }
        Series rates;
        double transferred = 0;
        double all = 0;
        for (int turn = 0; turn < scale.turns(); ++turn) {
            const Transfers before = transfers(mount);
            const double rate = read_together(files, scale.run());
            rates.add(rate);
            transferred += static_cast<double>(transfers(mount).out - before.out);
            all += rate * seconds(scale.run());
        }
        const double rate = rates.median();
        one = count == 1 ? rate : one;
        table.rows.push_back(
            {double(count), rate, floor, rate / floor, rate / one, transferred / all});
    }
    report.push_back(std::move(table));
}

void boards(const Scale& scale, Report& report) {
    Table table{
        "Boards",
        "`usb=hs`: one reader for each board. The modelled buses of all boards use this machine's "
        "processors, which real ones do not.",
        {"boards", "reads per second", "times one board"},
        {}};
    double one = 0;
    for (const unsigned count : {1U, 4U, 16U}) {
        std::vector<std::string> words;
        for (unsigned n = 0; n < count; ++n) {
            words.insert(words.end(), {"--board", "sim:FT232H,usb=hs"});
        }
        test::Mount mount(words);
        std::vector<UniqueFd> files;
        for (unsigned n = 0; n < count; ++n) {
            const auto line = mount.export_line(first_base + lines_of_board * n);
            files.push_back(open_or_throw(line / "value", O_RDONLY));
        }
        Series rates;
        for (int turn = 0; turn < scale.turns(); ++turn) {
            rates.add(read_together(files, scale.run()));
        }
        one = count == 1 ? rates.median() : one;
        table.rows.push_back({double(count), rates.median(), rates.median() / one});
    }
    report.push_back(std::move(table));
}

}  // namespace

void measure_sharing(const Scale& scale, Report& report) {
    readers(scale, report);
    boards(scale, report);
}

}  // namespace gpiofs::bench
